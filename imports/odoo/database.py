"""An Odoo's PostgreSQL database, read in one read-only snapshot."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from imports.errors import SourceLacks, SourceRefused, SourceUnreachable
from imports.odoo.source import (
    PAGE,
    Row,
    in_language,
    tidy_date,
    tidy_instant,
    tidy_number,
    tidy_text,
)
from imports.odoo.tables import MODELS, Model

_CONNECT_SECONDS = 10
_COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns WHERE table_name = ANY(%s)
"""


@contextmanager
def open_database(url: str, *, language: str) -> Iterator[OdooDatabase]:
    """Give the Odoo behind a PostgreSQL address; nothing can be written through it.

    `language`: Odoo's name of the one that translated texts are read in, such as en_US.
    Raises: SourceUnreachable, SourceLacks.
    """
    try:
        connection = psycopg.connect(
            url,
            connect_timeout=_CONNECT_SECONDS,
            options="-c default_transaction_read_only=on -c timezone=UTC",
            row_factory=dict_row,
        )
    except psycopg.Error as error:
        # The message of the driver names host and user, never the password.
        raise SourceUnreachable(reason=str(error).strip()) from error
    with connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield OdooDatabase(connection, origin=_origin(url), language=language)


def _origin(url: str) -> str:
    parts = conninfo_to_dict(url)
    return f"postgresql://{parts.get('host', '')}/{parts.get('dbname', '')}"


class OdooDatabase:
    """Rows of an Odoo's tables; see `imports.odoo.source.Source`."""

    def __init__(
        self, connection: psycopg.Connection[dict[str, Any]], *, origin: str, language: str
    ) -> None:
        self.origin = origin
        self._connection, self._language = connection, language
        self._columns = self._read_columns()

    def has(self, model: str) -> bool:
        """Tell whether the model's table is there. Raises: SourceLacks if it has to be."""
        there = MODELS[model].table in self._columns
        if not there and not MODELS[model].may_be_missing:
            raise SourceLacks(table=MODELS[model].table)
        return there

    def newest(self, model: str) -> datetime | None:
        """Return when a row was changed last."""
        query = sql.SQL("SELECT max(write_date) AS newest FROM {}").format(
            sql.Identifier(MODELS[model].table)
        )
        return tidy_instant(self._ask(query, {})[0]["newest"])

    def count(self, model: str, *, since: datetime | None, after: int) -> int:
        """Return how many rows `page` would give in all."""
        query = sql.SQL("SELECT count(*) AS number FROM {} t WHERE ").format(
            sql.Identifier(MODELS[model].table)
        )
        asked = {"since": _plain(since), "after": after}
        found = self._ask(query + _wanted(model, since), asked)
        return int(found[0]["number"])

    def page(self, model: str, *, since: datetime | None, after: int) -> list[Row]:
        """Return the next rows with an id above `after`, in their order."""
        query = (
            self._select(model) + _wanted(model, since) + sql.SQL(" ORDER BY t.id LIMIT %(limit)s")
        )
        return self._rows(model, query, {"since": _plain(since), "after": after, "limit": PAGE})

    def read(self, model: str, column: str, ids: Collection[int]) -> list[Row]:
        """Return the rows whose column is one of the ids, in the order of their own."""
        if not ids or not self.has(model) or not self._there(model, column):
            return []
        link = MODELS[model].links.get(column)
        if link is None:
            where = sql.SQL("t.{} = ANY(%(ids)s)").format(sql.Identifier(column))
        else:
            where = sql.SQL("t.id IN (SELECT {} FROM {} WHERE {} = ANY(%(ids)s))").format(
                *map(sql.Identifier, (link.mine, link.table, link.other))
            )
        query = self._select(model) + where + sql.SQL(" ORDER BY t.id")
        return self._rows(model, query, {"ids": sorted(ids)})

    def _there(self, model: str, column: str) -> bool:
        """Tell whether a column, or the table of a link, is there; it may be optional."""
        described = MODELS[model]
        if column in described.links:
            return described.links[column].table in self._columns
        return column in self._columns[described.table]

    def _select(self, model: str) -> sql.Composed:
        """Return the beginning of a statement that reads what is there of the columns."""
        described = MODELS[model]
        self.has(model)
        missing = [
            name
            for name in (*described.columns, *described.links)
            if name not in described.optional and not self._there(model, name)
        ]
        if missing:
            raise SourceLacks(table=described.table, columns=missing)
        parts: list[sql.Composable] = [sql.SQL("t.id"), sql.SQL("t.write_date")]
        parts += [
            sql.SQL("t.{}").format(sql.Identifier(name))
            for name in described.columns
            if self._there(model, name)
        ]
        parts += [
            sql.SQL("(SELECT array_agg(l.{} ORDER BY 1) FROM {} l WHERE l.{} = t.id) AS {}").format(
                *map(sql.Identifier, (link.other, link.table, link.mine, name))
            )
            for name, link in described.links.items()
            if self._there(model, name)
        ]
        return sql.SQL("SELECT {} FROM {} t WHERE ").format(
            sql.SQL(", ").join(parts), sql.Identifier(described.table)
        )

    def _rows(self, model: str, query: sql.Composed, arguments: Mapping[str, Any]) -> list[Row]:
        described = MODELS[model]
        return [self._row(described, one) for one in self._ask(query, arguments)]

    def _row(self, model: Model, found: Mapping[str, Any]) -> Row:
        row: Row = {"id": found["id"], "write_date": tidy_instant(found["write_date"])}
        for name, kind in model.columns.items():
            row[name] = self._value(kind, found[name]) if name in found else None
        for name in model.links:
            row[name] = tuple(found.get(name) or ())
        return row

    def _value(self, kind: str, value: Any) -> Any:
        match kind:
            case "flag":
                return bool(value)
            case "integer":
                return value or 0
            case "text":
                return tidy_text(value)
            case "translated":
                return in_language(value, self._language)
            case "number":
                return tidy_number(value or 0)
            case "instant":
                return tidy_instant(value)
            case "date":
                return tidy_date(value)
        return value

    def _read_columns(self) -> dict[str, set[str]]:
        tables = {model.table for model in MODELS.values()}
        tables |= {link.table for model in MODELS.values() for link in model.links.values()}
        found: dict[str, set[str]] = {}
        for row in self._ask(sql.SQL(_COLUMNS), [sorted(tables)]):
            found.setdefault(row["table_name"], set()).add(row["column_name"])
        return found

    def _ask(
        self, query: sql.SQL | sql.Composed, arguments: Mapping[str, Any] | list[Any]
    ) -> list[dict[str, Any]]:
        """Return what the database answers. Raises: SourceUnreachable, SourceRefused."""
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(query, arguments)
                return cursor.fetchall()
        except psycopg.OperationalError as error:
            raise SourceUnreachable(reason=str(error).strip()) from error
        except psycopg.Error as error:
            raise SourceRefused(reason=str(error).strip()) from error


def _wanted(model: str, since: datetime | None) -> sql.Composed:
    changed = sql.SQL(" AND t.write_date >= %(since)s") if since else sql.SQL("")
    wanted = sql.SQL("t.id > %(after)s") + changed
    only = MODELS[model].only
    if only is None:
        return wanted
    column, value = only
    return wanted + sql.SQL(" AND t.{} = {}").format(sql.Identifier(column), sql.Literal(value))


def _plain(instant: datetime | None) -> datetime | None:
    """Return an instant as Odoo's columns hold it: in UTC, without a zone."""
    return None if instant is None else instant.astimezone(UTC).replace(tzinfo=None)
