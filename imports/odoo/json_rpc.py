"""An Odoo behind its JSON-RPC, read as a user that may read what is imported."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
import urllib3

from imports.errors import SourceLacks, SourceRefused, SourceUnreachable
from imports.odoo.source import (
    PAGE,
    Row,
    tidy_date,
    tidy_instant,
    tidy_number,
    tidy_text,
)
from imports.odoo.tables import MODELS, Model

_SECONDS = urllib3.Timeout(connect=10, read=120)
# Everything asked here only reads, so that asking again does no harm.
_RETRIES = urllib3.Retry(
    total=4, backoff_factor=0.5, status_forcelist=(502, 503, 504), allowed_methods=None
)
_IDS_AT_ONCE = 1000


class OdooJsonRpc:
    """Rows of an Odoo's models; see `imports.odoo.source.Source`.

    `address`: of the server, `https://odoo.example.com`. `key`: an API key or a password of the
    user; it is sent and never shown.
    """

    def __init__(self, *, address: str, database: str, user: str, key: str, language: str) -> None:
        parts = urlsplit(address)
        self.origin = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"
        self._endpoint = f"{address.rstrip('/')}/jsonrpc"
        self._database, self._key = database, key
        self._pool = urllib3.PoolManager(retries=_RETRIES, timeout=_SECONDS)
        self._context = {"active_test": False, "lang": language, "tz": "UTC"}
        self._numbers = itertools.count(1)
        self._fields: dict[str, frozenset[str]] = {}
        self._user_id = self._call("common", "authenticate", [database, user, key, {}])
        if not isinstance(self._user_id, int) or isinstance(self._user_id, bool):
            raise SourceRefused(reason="user, database or key are not known there")

    def has(self, model: str) -> bool:
        """Tell whether the model is there. Raises: SourceLacks if it has to be."""
        if model not in self._fields:
            try:
                found = self._execute(model, "fields_get", [], {"attributes": ["type"]})
            except SourceRefused:
                if not MODELS[model].may_be_missing:
                    raise
                found = {}
            self._fields[model] = frozenset(found)
        return bool(self._fields[model])

    def newest(self, model: str) -> datetime | None:
        """Return when a row was changed last."""
        found = self._search(model, [], ["write_date"], order="write_date desc", limit=1)
        return tidy_instant(found[0]["write_date"]) if found else None

    def count(self, model: str, *, since: datetime | None, after: int) -> int:
        """Return how many rows `page` would give in all."""
        return int(
            self._execute(
                model, "search_count", [_wanted(model, since, after)], {"context": self._context}
            )
        )

    def page(self, model: str, *, since: datetime | None, after: int) -> list[Row]:
        """Return the next rows with an id above `after`, in their order."""
        return self._rows(model, _wanted(model, since, after), limit=PAGE)

    def read(self, model: str, column: str, ids: Collection[int]) -> list[Row]:
        """Return the rows whose column is one of the ids, in the order of their own."""
        if not ids or not self.has(model) or not self._there(model, column):
            return []
        wanted, rows = sorted(ids), list[Row]()
        for start in range(0, len(wanted), _IDS_AT_ONCE):
            domain = [[column, "in", wanted[start : start + _IDS_AT_ONCE]]]
            after = 0
            while True:
                page = self._rows(model, [*domain, ["id", ">", after]], limit=PAGE)
                rows += page
                if len(page) < PAGE:
                    break
                after = page[-1]["id"]
        # A row with several links may be behind more than one of the parts.
        return sorted({row["id"]: row for row in rows}.values(), key=lambda row: row["id"])

    def _there(self, model: str, column: str) -> bool:
        return column == "id" or column in self._fields[model]

    def _rows(self, model: str, domain: list[Any], *, limit: int) -> list[Row]:
        described = MODELS[model]
        self.has(model)
        wanted = [*described.columns, *described.links]
        missing = [
            name
            for name in wanted
            if name not in described.optional and not self._there(model, name)
        ]
        if missing:
            raise SourceLacks(model=model, fields=missing)
        asked = ["write_date", *(name for name in wanted if self._there(model, name))]
        found = self._search(model, domain, asked, order="id asc", limit=limit)
        return [_row(described, one) for one in found]

    def _search(
        self, model: str, domain: list[Any], fields: list[str], *, order: str, limit: int
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._execute(
            model,
            "search_read",
            [domain],
            {"fields": fields, "order": order, "limit": limit, "context": self._context},
        )
        return found

    def _execute(self, model: str, method: str, args: list[Any], named: dict[str, Any]) -> Any:
        who = [self._database, self._user_id, self._key]
        return self._call("object", "execute_kw", [*who, model, method, args, named])

    def _call(self, service: str, method: str, args: list[Any]) -> Any:
        """Return the result of one call. Raises: SourceUnreachable, SourceRefused."""
        body = orjson.dumps(
            {
                "jsonrpc": "2.0",
                "method": "call",
                "params": {"service": service, "method": method, "args": args},
                "id": next(self._numbers),
            }
        )
        try:
            answer = self._pool.request(
                "POST", self._endpoint, body=body, headers={"Content-Type": "application/json"}
            )
            if answer.status != 200:
                raise SourceUnreachable(status=answer.status, address=self.origin)
            found = orjson.loads(answer.data)
        except (urllib3.exceptions.HTTPError, orjson.JSONDecodeError) as error:
            # The text of the error may hold the request, and that holds the key.
            raise SourceUnreachable(address=self.origin, reason=type(error).__name__) from None
        if "error" in found:
            said = found["error"]
            told = (said.get("data") or {}).get("message") or said.get("message") or ""
            raise SourceRefused(reason=str(told).replace(self._key, "…")[:500])
        return found.get("result")


def _row(model: Model, found: dict[str, Any]) -> Row:
    row: Row = {"id": found["id"], "write_date": tidy_instant(found["write_date"])}
    for name, kind in model.columns.items():
        row[name] = _value(kind, found[name]) if name in found else None
    for name in model.links:
        row[name] = tuple(sorted(found.get(name) or ()))
    return row


def _value(kind: str, value: Any) -> Any:
    """Return a value as a column of the database would hold it: there False is nothing."""
    if kind == "flag":
        return bool(value)
    if kind == "number":
        return tidy_number(value or 0)
    if value is False or value is None:
        return 0 if kind == "integer" else None
    match kind:
        case "text" | "translated":
            return tidy_text(value)
        case "instant":
            return tidy_instant(value)
        case "date":
            return tidy_date(value)
        case "link":
            return value[0] if isinstance(value, list) else value
    return value


def _wanted(model: str, since: datetime | None, after: int) -> list[Any]:
    domain: list[Any] = [["id", ">", after]]
    only = MODELS[model].only
    if only is not None:
        domain.append([only[0], "=", only[1]])
    if since is not None:
        # Odoo writes seconds; what it cuts off lies within the overlap of two passes.
        domain.append(["write_date", ">=", since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")])
    return domain
