"""All error codes: at /api/errors/<code>, and as the table of docs/api.md.

`python -m config.error_table` writes the table anew.
"""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from access.json import answer
from config.problems import address_not_found, meaning_of, status_of
from core.errors import PunchcardError

PAGE = Path("docs") / "api.md"
BEGIN = "<!-- error codes: written by `python -m config.error_table` -->"
END = "<!-- end of error codes -->"
_PACKAGES = ("core", "access", "jobs", "events", "loyalty", "promotions", "reporting", "imports")


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One code. `meanings`: what it says, usually one sentence; in English."""

    code: str
    status: int
    meanings: tuple[str, ...]


@cache
def error_rows() -> dict[str, ErrorRow]:
    """Return every error code of the product, by code, with the meanings in English."""
    for package in _PACKAGES:
        for module in pkgutil.walk_packages(import_module(package).__path__, package + "."):
            if module.name.rpartition(".")[2] == "errors":
                import_module(module.name)
    import_module(settings.ROOT_URLCONF)
    rows: dict[str, ErrorRow] = {}
    for kind in sorted(set(_kinds(PunchcardError)), key=lambda one: (one.__module__, one.__name__)):
        known = rows.get(kind.code)
        meanings = known.meanings if known else ()
        meaning = meaning_of(kind)
        # A class that keeps the code of its base says the same in other words.
        base = kind.__bases__[0]
        says_more = base is PunchcardError or getattr(base, "code", "") != kind.code
        if says_more and meaning not in meanings:
            meanings = (*meanings, meaning)
        rows[kind.code] = ErrorRow(kind.code, status_of(kind), meanings)
    return dict(sorted(rows.items()))


def error(request: HttpRequest, code: str) -> HttpResponse:
    """Answer what an error code means: where the `type` of a problem leads."""
    row = error_rows().get(code)
    if row is None:
        return address_not_found(request)
    title = " ".join(gettext(meaning) for meaning in row.meanings)
    return answer({"code": row.code, "status": row.status, "title": title})


def markdown() -> str:
    """Return the table as it stands in docs/api.md, markers included."""
    rows = [
        f"| `{row.code}` | {row.status} | {' '.join(row.meanings)} |"
        for row in error_rows().values()
    ]
    return "\n".join([BEGIN, "| code | status | meaning |", "| --- | --- | --- |", *rows, END])


def written(page: str) -> str:
    """Return the page with the table as it should be. Raises: ValueError without the markers."""
    start, end = page.index(BEGIN), page.index(END) + len(END)
    return page[:start] + markdown() + page[end:]


def _kinds(base: type[PunchcardError]) -> Iterator[type[PunchcardError]]:
    """Yield the classes of our own below a base; tests may define others."""
    for kind in base.__subclasses__():
        if kind.__module__.split(".")[0] in (*_PACKAGES, "config"):
            yield kind
        yield from _kinds(kind)


def main() -> None:
    """Write the table into docs/api.md."""
    path = Path(settings.BASE_DIR) / PAGE
    path.write_text(written(path.read_text()))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    main()
