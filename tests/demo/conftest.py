"""A slice of the real groceries, and a demo that keeps its secrets out of the way."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from pytest_django.fixtures import Settings

JOURNEY = Path(__file__).parent / "journey"


@pytest.fixture(scope="session")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the slice as the Parquet files that the package has."""
    folder = tmp_path_factory.mktemp("journey")
    database = duckdb.connect()
    for table in JOURNEY.glob("*.csv"):
        target = folder / f"{table.stem}.parquet"
        database.read_csv(str(table)).write_parquet(str(target))
    return folder


@pytest.fixture
def local_folder(tmp_path: Path, settings: Settings) -> Path:
    """Keep what the demo writes beside the database in a folder of the test."""
    settings.LOCAL_DIR = tmp_path / ".local"
    return tmp_path / ".local"
