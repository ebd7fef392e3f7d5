"""One file is one use case: one public function of the file's name, typed, explained, tested."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.tree import APPS, BASE_DIR, parsed, python_files, short

LINES_OF_A_DOCSTRING = 8
SERVICES = [
    path
    for path in python_files(*APPS)
    if path.parent.name == "services" and path.name != "__init__.py"
]


def public_functions(path: Path) -> list[ast.FunctionDef]:
    """Return the functions that the file offers to others."""
    return [
        node
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def test_there_are_services() -> None:
    assert len(SERVICES) > 20


@pytest.mark.parametrize("path", SERVICES, ids=short)
def test_a_service_is_one_function_of_the_files_name(path: Path) -> None:
    assert [function.name for function in public_functions(path)] == [path.stem]


@pytest.mark.parametrize("path", SERVICES, ids=short)
def test_a_service_takes_keywords_and_says_what_it_returns(path: Path) -> None:
    (service,) = public_functions(path)
    assert service.args.args == []
    assert service.args.posonlyargs == []
    assert service.returns is not None
    assert all(argument.annotation for argument in service.args.kwonlyargs)


@pytest.mark.parametrize("path", SERVICES, ids=short)
def test_a_service_says_what_it_may_raise_and_write_and_under_what_it_is_safe(path: Path) -> None:
    (service,) = public_functions(path)
    docstring = ast.get_docstring(service) or ""
    assert len(docstring.splitlines()) <= LINES_OF_A_DOCSTRING
    missing = [word for word in ("Raises:", "Writes:", "Safe under:") if word not in docstring]
    assert missing == []


def test_every_service_has_a_test() -> None:
    """It is called by a test, or a file of tests that go through the API bears its name."""
    files = sorted((BASE_DIR / "tests").rglob("*.py"))
    tested = {path.stem.removeprefix("test_") for path in files}
    for path in files:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Name):
                tested.add(node.id)
    assert [short(path) for path in SERVICES if path.stem not in tested] == []
