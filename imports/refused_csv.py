"""Rows with faults as a file to work through."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from imports.wording import told
from reporting.exports import neutral

#: Table, key there, and the fault as a row keeps it.
Faulty = tuple[str, str, Mapping[str, Any]]


def refused_csv(faulty: Iterable[Faulty]) -> Iterator[str]:
    """Yield the lines of a CSV: table, key, field, code, what is wrong, what to do."""
    yield _line(
        [
            _("Table"),
            _("Key there"),
            _("Field"),
            _("Code"),
            _("Taken all the same"),
            _("What is wrong"),
            _("What to do"),
        ]
    )
    for table, key, fault in faulty:
        what, advice = told(fault)
        mended = _("yes") if fault["mended"] else _("no")
        yield _line([table, key, fault["field"], fault["code"], mended, what, advice])


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([neutral(one) for one in cells])
    return line.getvalue()
