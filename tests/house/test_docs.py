"""What the documents promise is there: errors, settings, links."""

from __future__ import annotations

import ast
import re
from importlib import import_module

import pytest

from core.errors import PunchcardError
from tests.house.tree import APPS, BASE_DIR, PACKAGES, parsed, python_files, short

DOCUMENTS = sorted([*BASE_DIR.glob("*.md"), *(BASE_DIR / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
NOT_OURS = {"HOME", "PATH", "DJANGO_SETTINGS_MODULE", "DEBIAN_FRONTEND"}
NOT_OURS |= {"DJANGO_ALLOW_ASYNC_UNSAFE", "PROMETHEUS_MULTIPROC_DIR"}


def error_codes() -> set[str]:
    """Return the code of every refusal of the product."""
    for path in python_files(*APPS):
        if path.name == "errors.py":
            import_module(".".join(path.relative_to(BASE_DIR).with_suffix("").parts))
    found, waiting = set(), [PunchcardError]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one is not PunchcardError:
            found.add(one.code)
    return found


def settings_read() -> set[str]:
    """Return the names of the environment variables that the product reads."""
    found = set()
    for path in python_files(*PACKAGES):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute):
                reads = ast.unparse(node.func)
                name = node.args[0]
                if re.fullmatch(r"env\.\w+|os\.environ\.get", reads) and isinstance(
                    name, ast.Constant
                ):
                    found.add(str(name.value))
    return found - NOT_OURS


def test_every_error_code_is_documented() -> None:
    documented = (BASE_DIR / "docs" / "api.md").read_text()
    assert sorted(code for code in error_codes() if f"`{code}`" not in documented) == []


def test_every_setting_is_documented() -> None:
    documented = (BASE_DIR / "docs" / "operations.md").read_text()
    names = settings_read()
    assert {"DATABASE_URL", "SECRET_KEY", "CHROMIUM"} <= names
    assert sorted(name for name in names if f"`{name}`" not in documented) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=short)
def test_every_link_inside_the_tree_leads_somewhere(document) -> None:
    targets = LINK.findall(document.read_text())
    assert [one for one in targets if not (document.parent / one).exists()] == []


def tables(text: str) -> list[list[str]]:
    """Return the runs of lines that begin with a bar, outside of code."""
    found: list[list[str]] = []
    is_code = follows = False
    for line in text.splitlines():
        is_code ^= line.startswith("```")
        if not line.startswith("|") or is_code:
            follows = False
            continue
        if not follows:
            found.append([])
        found[-1].append(line)
        follows = True
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=short)
def test_every_row_of_a_table_stands_under_its_head(document) -> None:
    """A blank line ends a table: what follows it would be shown as text with bars."""
    heads = [[*rows, ""][1] for rows in tables(document.read_text())]
    assert [one for one in heads if not re.fullmatch(r"\|([ :-]+\|)+", one)] == []
