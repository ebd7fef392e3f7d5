"""The engine as extension modules: what is compiled, and that no old one decides anything."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.compile_engine import BASE_DIR, ENGINE, sources_of, undo
from promotions.compiled_engine import assert_up_to_date


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    """Give an engine of one module, compiled after it was written."""
    engine = tmp_path / ENGINE
    engine.mkdir(parents=True)
    for name, written in (("search.py", 100), ("search.cpython-311-x86_64-linux-gnu.so", 200)):
        (engine / name).touch()
        os.utime(engine / name, (written, written))
    return engine


def test_an_engine_compiled_after_its_last_change_is_taken(engine: Path) -> None:
    assert_up_to_date(engine)


def test_an_engine_older_than_its_source_stops_the_process(engine: Path) -> None:
    os.utime(engine / "search.py", (300, 300))
    with pytest.raises(ImproperlyConfigured, match=r"search\.py.*make compiled"):
        assert_up_to_date(engine)


def test_an_engine_without_its_source_stops_the_process(engine: Path) -> None:
    (engine / "search.py").unlink()
    with pytest.raises(ImproperlyConfigured):
        assert_up_to_date(engine)


def test_going_back_leaves_the_sources_alone(engine: Path) -> None:
    shared = engine.parents[1] / "promotions_engine__mypyc.cpython-311-x86_64-linux-gnu.so"
    shared.touch()
    undo(engine.parents[1])
    assert [one.name for one in engine.iterdir()] == ["search.py"]
    assert not shared.exists()


def test_everything_that_decides_is_compiled_and_records_are_not() -> None:
    names = {one.stem for one in sources_of(BASE_DIR)}
    assert {"evaluation", "search", "combine", "standing", "discount", "special_set"} <= names
    assert not names & {"__init__", "__main__", "cart", "decision", "definition", "wallet"}
