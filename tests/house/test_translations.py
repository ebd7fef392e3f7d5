"""Every string for people is translated, and what is compiled is what is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from django.contrib import admin

from config import messages
from tests.house import tree

APPS = ("access", "events", "imports", "jobs", "loyalty", "promotions")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{\}|<[^>]+>")


def test_every_string_is_translated_and_compiled(capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.main(["--check"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_translations_keep_the_placeholders(domain: str) -> None:
    for language in messages.LANGUAGES:
        for message in messages.merged(domain, language):
            if not message.id:
                continue
            source = message.id[-1] if isinstance(message.id, tuple) else str(message.id)
            said = message.string if isinstance(message.string, tuple) else (message.string,)
            for one in map(str, said):
                assert sorted(PLACEHOLDER.findall(one)) == sorted(PLACEHOLDER.findall(source)), one


def test_what_pages_of_members_and_events_show_has_a_name_to_translate() -> None:
    """A name that Django makes of an attribute's is English in every language."""
    unnamed = []
    for model, page in admin.site._registry.items():
        if model._meta.app_label not in APPS:
            continue
        if "verbose_name_plural" not in model._meta.original_attrs:
            unnamed.append(str(model))
        inlines = [inline(model, admin.site) for inline in page.inlines]
        sets = [one.model_admin(one.model, admin.site) for one in _datasets(page)]
        own = [part for part in [page, *inlines, *sets] if part.model._meta.app_label in APPS]
        unnamed += [f"{part} {name}" for part in own for name in _without_name(part)]
    assert unnamed == []


def _datasets(page: Any) -> tuple[Any, ...]:
    return tuple(getattr(page, "change_form_datasets", ()))


def _without_name(part: Any) -> list[str]:
    """Return the columns and fields of a page that are named by their attribute."""
    shown = {*getattr(part, "list_display", ()), *(part.fields or ()), *part.readonly_fields}
    columns = {field.name: field for field in part.model._meta.get_fields()}
    return [
        name
        for name in shown & columns.keys()
        if getattr(columns[name], "_verbose_name", "given") is None
    ]


def test_no_text_is_filled_in_before_its_language_is_known() -> None:
    """A lazy text that is formatted as its module is read is English in every language."""
    found = []
    for path in tree.python_files(*tree.APPS):
        module = tree.parsed(path)
        names = {
            one.asname or one.name
            for node in ast.walk(module)
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
            for one in node.names
            if one.name.endswith("_lazy")
        }
        found += [f"{tree.short(path)}:{line}" for line in _filled_in(module, names)]
    assert found == []


def _filled_in(node: ast.AST, names: set[str]) -> Iterator[int]:
    """Yield the lines of `_("...") % ...` outside of functions."""
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Call):
        called = node.left.func
        if isinstance(called, ast.Name) and called.id in names:
            yield node.lineno
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _filled_in(child, names)


def test_a_string_without_a_translation_is_found() -> None:
    catalog = Catalog(locale="de")
    catalog.add("Basket", "Korb")
    catalog.add("Receipt")
    assert messages.untranslated(catalog) == ["Receipt"]
