"""The settings of reports: how long what is kept."""

from pathlib import Path

from config.environment import read_environment

__all__ = [
    "BACKTEST_DAYS",
    "BACKTEST_LANES",
    "CLICKHOUSE_URL",
    "EXPORT_DIRECT_ROWS",
    "EXPORT_HOURS",
    "GRAPHENE",
    "REPORT_ARCHIVE_DAYS",
    "REPORT_CACHE_SECONDS",
    "REPORT_DETAIL_DAYS",
    "REPORT_RESTORED_DAYS",
    "REPORT_SUMMARY_DAYS",
    "report_storages",
]

_env = read_environment(Path(__file__).resolve().parent.parent / ".env")

# How many workers a back-test asks for at once; days that it is kept.
BACKTEST_LANES = _env.int("BACKTEST_LANES", default=2)
BACKTEST_DAYS = _env.int("BACKTEST_DAYS", default=90)
REPORT_CACHE_SECONDS = _env.int("REPORT_CACHE_SECONDS", default=3600)
# Longer files are written by a job, and kept for so many hours.
EXPORT_DIRECT_ROWS = _env.int("EXPORT_DIRECT_ROWS", default=100_000)
EXPORT_HOURS = _env.int("EXPORT_HOURS", default=24)
# ClickHouse gets the facts too and answers reports where it is named.
CLICKHOUSE_URL = _env.str("CLICKHOUSE_URL", default="")
# Days that details, summaries and files of details are kept; and a month that was restored.
REPORT_DETAIL_DAYS = _env.int("REPORT_DETAIL_DAYS", default=90)
REPORT_SUMMARY_DAYS = _env.int("REPORT_SUMMARY_DAYS", default=2 * 365)
REPORT_ARCHIVE_DAYS = _env.int("REPORT_ARCHIVE_DAYS", default=5 * 365)
REPORT_RESTORED_DAYS = _env.int("REPORT_RESTORED_DAYS", default=30)
GRAPHENE = {"SCHEMA": "config.graphql.schema"}


def report_storages(media: Path) -> dict[str, object]:
    """Return the storages of files to download, of archives and of files to import."""
    return {name: _private_folder(media / name) for name in ("exports", "archives", "imports")}


def _private_folder(folder: Path) -> dict[str, object]:
    """Return a storage of files that no web server hands out; a file of the same name is new."""
    options = {"location": folder, "allow_overwrite": True, "file_permissions_mode": 0o600}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
