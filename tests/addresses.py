"""Where the database of the tests is, for processes that tests start."""

from __future__ import annotations

from urllib.parse import quote

from django.db import connection


def database_url() -> str:
    """Return the address of the tests' database, with the port and password it may have."""
    held = connection.settings_dict
    user, password = quote(held["USER"], safe=""), quote(held["PASSWORD"] or "", safe="")
    port = f":{held['PORT']}" if held["PORT"] else ""
    login = f"{user}:{password}" if password else user
    return f"postgres://{login}@{quote(held['HOST'], safe='')}{port}/{held['NAME']}"
