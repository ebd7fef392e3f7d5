"""`make nightly` runs every test that looks harder at night."""

from __future__ import annotations

from config.local_services import BASE_DIR

VARIABLE = "HYPOTHESIS_PROFILE"
THE_PROFILE = {"tests/conftest.py", "tests/house/test_nightly.py"}  # that names it, and this


def test_what_looks_harder_at_night_is_run_at_night() -> None:
    makefile = (BASE_DIR / "Makefile").read_text()
    (line,) = (line for line in makefile.splitlines() if line.startswith("NIGHTLY :="))
    at_night = line.removeprefix("NIGHTLY :=").split()
    assert f"{VARIABLE}=nightly $(BIN)/python -m pytest" in makefile
    for file in (BASE_DIR / "tests").rglob("*.py"):
        name = str(file.relative_to(BASE_DIR))
        if VARIABLE in file.read_text() and name not in THE_PROFILE:
            assert any(name == one or name.startswith(f"{one}/") for one in at_night), name
