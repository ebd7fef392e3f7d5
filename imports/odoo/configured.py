"""The Odoo that the environment names, for imports that are started on a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from imports.errors import OdooNotConfigured
from imports.odoo.database import open_database
from imports.odoo.json_rpc import OdooJsonRpc
from imports.odoo.step import Odoo

# Rows are remembered under it, and it begins the references that are made for them.
_LONGEST_NAME = 16


def configured_origin() -> str:
    """Return where it is, without user and password. Raises: OdooNotConfigured."""
    name = settings.ODOO_SOURCE
    if not name.isidentifier() or len(name) > _LONGEST_NAME:
        raise OdooNotConfigured(ODOO_SOURCE=name)
    if settings.ODOO_DATABASE_URL:
        parts = conninfo_to_dict(settings.ODOO_DATABASE_URL)
        return f"postgresql://{parts.get('host', '')}/{parts.get('dbname', '')}"
    if settings.ODOO_JSON_RPC_URL:
        parts_of_url = urlsplit(settings.ODOO_JSON_RPC_URL)
        if settings.ODOO_API_KEY and settings.ODOO_USER and settings.ODOO_RPC_DATABASE:
            return f"{parts_of_url.scheme}://{parts_of_url.hostname}"
    raise OdooNotConfigured


@contextmanager
def open_configured() -> Iterator[Odoo]:
    """Give it. Raises: OdooNotConfigured, SourceUnreachable, SourceRefused, SourceLacks."""
    configured_origin()
    name, language, zone = settings.ODOO_SOURCE, settings.ODOO_LANGUAGE, settings.TIME_ZONE
    if settings.ODOO_DATABASE_URL:
        with open_database(settings.ODOO_DATABASE_URL, language=language) as source:
            yield Odoo(source, name, settings.ODOO_SKU, zone)
        return
    rpc = OdooJsonRpc(
        address=settings.ODOO_JSON_RPC_URL,
        database=settings.ODOO_RPC_DATABASE,
        user=settings.ODOO_USER,
        key=settings.ODOO_API_KEY,
        language=language,
    )
    yield Odoo(rpc, name, settings.ODOO_SKU, zone)
