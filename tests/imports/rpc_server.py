"""A small JSON-RPC server that answers as an Odoo does, from the rows of its database.

It knows models by the names of their tables, links by the foreign keys and many-to-many fields by
the list below; what is nothing is False, and a link is a pair of number and name.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

LOGIN, KEY, DATABASE = "importer@example.com", "0d00-secret-key", "warung"
LINKS = {
    "product.template": {
        "product_tag_ids": ("product_tag_product_template_rel", "product_template_id",
                            "product_tag_id"),
    },
    "product.product": {
        "additional_product_tag_ids": ("product_tag_product_product_rel", "product_product_id",
                                       "product_tag_id"),
        "product_template_attribute_value_ids": (
            "product_variant_combination", "product_product_id",
            "product_template_attribute_value_id"),
    },
    "loyalty.program": {
        "pos_config_ids": ("loyalty_program_pos_config_rel", "loyalty_program_id",
                           "pos_config_id"),
        "pricelist_ids": ("loyalty_program_product_pricelist_rel", "loyalty_program_id",
                          "product_pricelist_id"),
    },
    "loyalty.rule": {
        "product_ids": ("loyalty_rule_product_product_rel", "loyalty_rule_id",
                        "product_product_id"),
    },
    "loyalty.reward": {
        "discount_product_ids": ("loyalty_reward_product_product_rel", "loyalty_reward_id",
                                 "product_product_id"),
    },
    "account.move.line": {
        "sale_line_ids": ("sale_order_line_invoice_rel", "invoice_line_id", "order_line_id"),
    },
}  # fmt: skip
_COLUMNS = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
_FOREIGN = """
SELECT a.attname, c.confrelid::regclass::text AS target FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.conrelid = to_regclass(%s)
"""
_OPERATORS = {"=": "=", ">": ">", ">=": ">=", "in": "IN"}


class RpcFault(Exception):
    """What the server answers as an error."""


class RpcOdoo:
    """Answers calls from a database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.calls: list[tuple[str, str]] = []

    def call(self, service: str, method: str, args: list[Any]) -> Any:
        """Answer a call of `common` or `object`."""
        if (service, method) == ("common", "authenticate"):
            return 2 if args[:3] == [DATABASE, LOGIN, KEY] else False
        database, user_id, key, model, name, placed, named = args
        if (database, user_id, key) != (DATABASE, 2, KEY):
            raise RpcFault("Access Denied")
        self.calls.append((model, name))
        with psycopg.connect(self._url, row_factory=dict_row) as odoo:
            columns = {row["column_name"]: row["data_type"] for row in self._ask(
                odoo, _COLUMNS, model.replace(".", "_"))}  # fmt: skip
            if not columns:
                raise RpcFault(f"Object {model} doesn't exist")
            if name == "fields_get":
                return {one: {"type": "?"} for one in (*columns, *LINKS.get(model, ()))}
            where, values = self._where(model, placed[0])
            if name == "search_count":
                return self._rows(odoo, model, where, values, "", 0)["count"]
            assert name == "search_read"
            found = self._rows(odoo, model, where, values, named["order"], named["limit"])
            foreign = {
                row["attname"]: row["target"]
                for row in self._ask(odoo, _FOREIGN, model.replace(".", "_"))
            }
            language = named["context"]["lang"]
            return [
                {"id": row["id"]}
                | {
                    one: self._links(odoo, model, one, row["id"])
                    if one in LINKS.get(model, {})
                    else _written(row[one], one in foreign, language)
                    for one in named["fields"]
                }
                for row in found["rows"]
            ]

    @staticmethod
    def _ask(odoo: psycopg.Connection[Any], query: str, table: str) -> list[Any]:
        return odoo.execute(query.encode(), [table]).fetchall()

    def _where(self, model: str, domain: list[Any]) -> tuple[sql.Composed, list[Any]]:
        parts, values = [sql.SQL("true").format()], list[Any]()
        for column, operator, value in domain:
            if column in LINKS.get(model, {}):
                table, mine, other = LINKS[model][column]
                parts.append(
                    sql.SQL("id IN (SELECT {} FROM {} WHERE {} = ANY(%s))").format(
                        *map(sql.Identifier, (mine, table, other))
                    )
                )
            elif operator == "in":
                parts.append(sql.SQL("{} = ANY(%s)").format(sql.Identifier(column)))
            else:
                sign = sql.SQL(_OPERATORS[operator])
                parts.append(sql.SQL("{} {} %s").format(sql.Identifier(column), sign))
            values.append(value)
        return sql.SQL(" AND ").join(parts), values

    @staticmethod
    def _rows(
        odoo: psycopg.Connection[Any],
        model: str,
        where: sql.Composed,
        values: list[Any],
        order: str,
        limit: int,
    ) -> dict[str, Any]:
        table = sql.Identifier(model.replace(".", "_"))
        if not order:
            query = sql.SQL("SELECT count(*) AS count FROM {} WHERE {}").format(table, where)
            return {"count": odoo.execute(query, values).fetchall()[0]["count"]}
        column, _space, direction = order.partition(" ")
        query = sql.SQL("SELECT * FROM {} WHERE {} ORDER BY {} {} LIMIT %s").format(
            table, where, sql.Identifier(column), sql.SQL("DESC" if direction == "desc" else "ASC")
        )
        return {"rows": odoo.execute(query, [*values, limit]).fetchall()}

    @staticmethod
    def _links(odoo: psycopg.Connection[Any], model: str, name: str, key: int) -> list[int]:
        table, mine, other = LINKS[model][name]
        query = sql.SQL("SELECT {} AS other FROM {} WHERE {} = %s").format(
            *map(sql.Identifier, (other, table, mine))
        )
        return [row["other"] for row in odoo.execute(query, [key]).fetchall()]


def _written(value: Any, is_link: bool, language: str) -> Any:
    """Return a value as Odoo writes it to JSON."""
    if isinstance(value, dict):
        return value.get(language) or value.get("en_US") or next(iter(value.values()))
    if value is None:
        return False
    if is_link:
        return [value, f"number {value}"]
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


@contextmanager
def serve(url: str) -> Iterator[tuple[str, RpcOdoo]]:
    """Run the server on a free port; give its address and what it was asked."""
    odoo = RpcOdoo(url)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked = body["params"]
            answer: dict[str, Any] = {"jsonrpc": "2.0", "id": body["id"]}
            try:
                if self.path != "/jsonrpc":
                    raise RpcFault("not found")
                answer["result"] = odoo.call(asked["service"], asked["method"], asked["args"])
            except RpcFault as fault:
                answer["error"] = {
                    "code": 200,
                    "message": "Odoo Server Error",
                    "data": {"name": "odoo.exceptions.AccessDenied", "message": str(fault)},
                }
            content = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", odoo
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
