"""An Odoo to import from: a real database with its tables, on the tests' own server."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from imports.odoo.database import open_database
from imports.odoo.step import Odoo
from imports.services.import_from_odoo import import_from_odoo
from imports.services.run_import import Imported

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
# A run is logged each time; everything else must stay as it is.
_LOGS = {"imports_importrun"}


class OdooShop:
    """A database of an Odoo, to be changed as its users would."""

    def __init__(self, url: str) -> None:
        self.url = url

    def run(self, query: str) -> None:
        """Run statements."""
        with psycopg.connect(self.url, autocommit=True) as odoo:
            odoo.execute(query.encode())

    def value(self, query: str) -> Any:
        """Return the one value of a query."""
        with psycopg.connect(self.url) as odoo:
            row = odoo.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]

    def load(self, **options: Any) -> Imported:
        """Import from it now."""
        name, sku = options.pop("name", "odoo"), options.pop("sku", "default_code")
        language = options.pop("language", "en_US")
        with open_database(self.url, language=language) as source:
            odoo = Odoo(source, name, sku, "UTC")
            return import_from_odoo(odoo=odoo, **{"at": NOW, **options})


def address_of(database: str) -> str:
    """Return the address of a database on the tests' server."""
    held = connection.settings_dict
    parts = {
        "host": held["HOST"],
        "port": str(held["PORT"]),
        "user": held["USER"],
        "password": held["PASSWORD"],
        "dbname": database,
    }
    return psycopg.conninfo.make_conninfo("", **{key: one for key, one in parts.items() if one})


@pytest.fixture(scope="session")
def odoo_templates(django_db_setup: None) -> Iterator[dict[str, str]]:
    """Give databases of an Odoo 18 and an Odoo 17 to make copies of."""
    ours = connection.settings_dict["NAME"]
    names = {version: f"{ours}_odoo{version}" for version in ("18", "17")}
    with psycopg.connect(address_of("postgres"), autocommit=True) as server:
        for name in names.values():
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
            server.execute(f'CREATE DATABASE "{name}"'.encode())
        for version, name in names.items():
            shop = OdooShop(address_of(name))
            shop.run((HERE / "odoo18.sql").read_text())
            shop.run((HERE / "odoo_shop.sql").read_text())
            if version == "17":
                shop.run((HERE / "odoo17.sql").read_text())
        yield names
        for name in names.values():
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def make_odoo(odoo_templates: dict[str, str]) -> Iterator[Callable[[str], OdooShop]]:
    """Make an Odoo of a version that the test may change."""
    made = list[str]()
    with psycopg.connect(address_of("postgres"), autocommit=True) as server:

        def make(version: str) -> OdooShop:
            template = odoo_templates[version]
            made.append(f"{template}_{len(made)}")
            server.execute(f'DROP DATABASE IF EXISTS "{made[-1]}" WITH (FORCE)'.encode())
            server.execute(f'CREATE DATABASE "{made[-1]}" TEMPLATE "{template}"'.encode())
            return OdooShop(address_of(made[-1]))

        yield make
        for name in made:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def odoo(make_odoo: Callable[[str], OdooShop], db: None) -> OdooShop:
    """Give an Odoo 18."""
    return make_odoo("18")


@pytest.fixture(scope="module")
def taken_over(
    odoo_templates: dict[str, str], django_db_blocker: DjangoDbBlocker
) -> Iterator[OdooShop]:
    """Take an Odoo 18 over once for all tests of a module; what a test writes is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        shop = OdooShop(address_of(odoo_templates["18"]))
        shop.load()
        yield shop
        transaction.set_rollback(True)


def everything() -> dict[str, str]:
    """Return a digest of the content of every table of ours."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        digests = {}
        for name in sorted(set(names) - _LOGS):
            cursor.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1')
            rows = "\n".join(row[0] for row in cursor.fetchall())
            digests[name] = hashlib.md5(rows.encode(), usedforsecurity=False).hexdigest()
    return digests
