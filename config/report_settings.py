"""The settings of reports: how long what is kept."""

from pathlib import Path

from config.environment import read_environment

__all__ = [
    "CLICKHOUSE_URL",
    "EXPORT_DIRECT_ROWS",
    "EXPORT_HOURS",
    "GRAPHENE",
    "REPORT_CACHE_SECONDS",
    "private_folder",
]

_env = read_environment(Path(__file__).resolve().parent.parent / ".env")

REPORT_CACHE_SECONDS = _env.int("REPORT_CACHE_SECONDS", default=3600)
# Longer files are written by a job, and kept for so many hours.
EXPORT_DIRECT_ROWS = _env.int("EXPORT_DIRECT_ROWS", default=100_000)
EXPORT_HOURS = _env.int("EXPORT_HOURS", default=24)
# ClickHouse gets the facts too and answers reports where it is named.
CLICKHOUSE_URL = _env.str("CLICKHOUSE_URL", default="")
GRAPHENE = {"SCHEMA": "config.graphql.schema"}


def private_folder(folder: Path) -> dict[str, object]:
    """Return a storage of files that no web server hands out; a file of the same name is new."""
    options = {"location": folder, "allow_overwrite": True, "file_permissions_mode": 0o600}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
