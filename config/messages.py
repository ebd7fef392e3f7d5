"""The translations: `python -m config.messages` collects and compiles, `--check` looks only.

Collected are the marked strings of Python, templates and the pages' scripts, and what refusals
say: their docstrings and the sentences they are raised with. Babel does the work, so no other
tool is needed. English is the source; every other language has `locale/<language>`.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import django
import unfold
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
# The admin's theme has no translations of its own; what Django translates is left to Django.
THEME = Path(unfold.__file__).resolve().parent
THEME_PARTS = ("templates/admin", "templates/unfold", "contrib/filters", "*.py", "mixins")
APPS = ["access", "config", "core", "events", "imports", "jobs", "loyalty"]
APPS += ["promotions", "reporting"]
# How many forms a counted noun has: Django's own rule for the language.
LANGUAGES = {"id": "nplurals=1; plural=0;"}
PYTHON_WORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
SCRIPT_WORDS = {"gettext": None, "ngettext": (1, 2), "say": None, "sayCount": (1, 2)}
WIDTH = 100
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
Found = tuple[str, Any, str | None]


def collect(domain: str) -> Catalog:
    """Return every string of a domain: `django` (pages and answers) or `djangojs` (scripts)."""
    catalog = Catalog(charset="utf-8")
    for place, message, context in _strings() if domain == "django" else _script_strings():
        catalog.add(message, locations=[(place, 0)], context=context)
    if domain == "django":
        known = _strings_of_django()
        for _theme, message, context in _theme_strings():
            if _first(message) not in known:
                catalog.add(message, locations=[("unfold", 0)], context=context)
    return catalog


def _strings() -> Iterator[Found]:
    sources = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py"))
    sources = [path for path in sources if "migrations" not in path.parts]
    refusals = _refusal_names(sources)
    for path in sources:
        yield from _extracted(path, "python", path.read_bytes(), PYTHON_WORDS)
        for sentence in _refusal_sentences(path, refusals):
            yield _place(path), sentence, None
    for path in sorted((ROOT / "templates").rglob("*.html")):
        source = _as_python(path.read_text())
        yield from _extracted(path, "python", source.encode(), PYTHON_WORDS)


def _script_strings() -> Iterator[Found]:
    for path in sorted((ROOT / "static").rglob("*.js")):
        yield from _extracted(path, "javascript", path.read_bytes(), SCRIPT_WORDS)


def _theme_strings() -> Iterator[Found]:
    files = sorted(
        file
        for part in THEME_PARTS
        for path in THEME.glob(part)
        for file in ([path] if path.is_file() else path.rglob("*"))
        if file.suffix in {".py", ".html"}
    )
    for path in files:
        source = path.read_text()
        if path.suffix == ".html":
            source = _as_python(source)
        yield from _extracted(path, "python", source.encode(), PYTHON_WORDS)


def _first(message: Any) -> str:
    """Return the string, or the singular of a counted one."""
    return str(message[0] if isinstance(message, (tuple, list)) else message)


def _as_python(template: str) -> str:
    """Return a template as calls of gettext amid letters; indentation means nothing in it."""
    return "\n".join(line.strip() for line in templatize(template).splitlines())


def _strings_of_django() -> set[str]:
    """Return what Django itself translates, so that nobody does it twice."""
    known: set[str] = set()
    folder = Path(django.__file__).resolve().parent
    for app in ("conf", "contrib/admin", "contrib/auth"):
        with (folder / app / "locale/id/LC_MESSAGES/django.po").open("rb") as file:
            for message in read_po(file):
                known.add(_first(message.id))
    return known


def _extracted(path: Path, kind: str, source: bytes, words: dict[str, Any]) -> Iterator[Found]:
    for _line, message, _comments, context in extract(kind, BytesIO(source), words):
        if message and _first(message):
            yield _place(path), message, context


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def _refusal_names(sources: list[Path]) -> set[str]:
    """Return the classes of errors.py files: they are raised with sentences for people."""
    return {
        node.name
        for path in sources
        if path.name == "errors.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    }


def _refusal_sentences(path: Path, refusals: set[str]) -> Iterator[str]:
    """Yield the first docstring lines of refusals, and the sentences given when they are raised."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef) and path.name == "errors.py":
            yield (ast.get_docstring(node) or node.name).splitlines()[0]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            first = node.args[0]
            is_sentence = isinstance(first, ast.Constant) and isinstance(first.value, str)
            if node.func.id in refusals and is_sentence:
                assert isinstance(first, ast.Constant)
                yield str(first.value)


def merged(domain: str, language: str) -> Catalog:
    """Return the stored translations over what is collected now; what is gone is dropped."""
    path = _po(domain, language)
    header = f'msgid ""\nmsgstr ""\n"Plural-Forms: {LANGUAGES[language]}\\n"\n'
    text = path.read_bytes() if path.exists() else header.encode()
    stored = read_po(BytesIO(text), locale=language, domain=domain)
    stored.update(collect(domain), no_fuzzy_matching=True)
    stored.obsolete.clear()
    stored.fuzzy = False
    # Compiled files carry the dates: the same words shall make the same file on every day.
    stored.creation_date = stored.revision_date = UNDATED
    stored.header_comment = "# Translations of Punchcard."
    stored.mime_headers = [
        (name, value)
        for name, value in stored.mime_headers
        if name in {"Content-Type", "Content-Transfer-Encoding", "MIME-Version", "Plural-Forms"}
    ]
    return stored


def as_po(catalog: Catalog) -> bytes:
    """Return the catalog as text, sorted, without dates and line numbers: diffs stay small."""
    file = BytesIO()
    write_po(file, catalog, width=WIDTH, sort_output=True, include_lineno=False, omit_header=False)
    lines = file.getvalue().splitlines(keepends=True)
    noise: tuple[bytes, ...] = (
        b'"POT-Creation-Date',
        b'"PO-Revision-Date',
        b'"Generated-By',
        b'"Last-Translator',
    )
    noise += (b'"Language-Team', b'"Project-Id', b'"Report-Msgid')
    return b"".join(line for line in lines if not line.startswith(noise))


def as_mo(catalog: Catalog) -> bytes:
    """Return the catalog compiled."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def untranslated(catalog: Catalog) -> list[str]:
    """Return the strings without a translation."""
    missing = []
    for message in catalog:
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (not all(said) or message.fuzzy):
            missing.append(str(message.id))
    return missing


def _po(domain: str, language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / f"{domain}.po"


def main(arguments: list[str]) -> int:
    """Collect, merge, compile; with `--check` write nothing. Return 1 if something is missing."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    problems: list[str] = []
    for language in LANGUAGES:
        for domain in ("django", "djangojs"):
            path = _po(domain, language)
            catalog = merged(domain, language)
            files = {path: as_po(catalog), path.with_suffix(".mo"): as_mo(catalog)}
            for file, content in files.items():
                if "--check" not in arguments:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(content)
                elif not file.exists() or file.read_bytes() != content:
                    problems.append(f"{_place(file)} is stale: run python -m config.messages")
            problems += [f"{language}: no translation of {one!r}" for one in untranslated(catalog)]
    print("\n".join(problems) or "All strings are translated.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
