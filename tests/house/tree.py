"""The tree of the product as the house's tests read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
APPS = ("access", "core", "demo", "events", "imports", "jobs", "loyalty", "promotions", "reporting")
PACKAGES = (*APPS, "config", "benchmarks", "tests")


def python_files(*packages: str) -> Iterator[Path]:
    """Yield the Python files of the packages; a migration is not read, it is run."""
    for package in packages:
        for path in sorted((BASE_DIR / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def parsed(path: Path) -> ast.Module:
    """Return the file's syntax tree."""
    return ast.parse(path.read_text(), filename=str(path))


def short(path: Path) -> str:
    """Return the path as people name it."""
    return str(path.relative_to(BASE_DIR))
