"""The columns that a file has, against those that its rows need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from imports.errors import UnreadableFile
from imports.files.kinds import Kind
from imports.files.reading import read_cells


def check_columns(path: Path, kind: Kind, columns: Mapping[str, str]) -> None:
    """Refuse a file without the columns that are needed, and a mapping of unknown fields.

    Raises: UnreadableFile.
    """
    unknown = sorted(set(columns) - {*kind.needed, *kind.optional})
    first = next(iter(read_cells(path)), None)
    there = set() if first is None else set(first)
    missing = sorted(
        name for name in {columns.get(one, one) for one in kind.needed} if name not in there
    )
    if unknown or (missing and first is not None):
        raise UnreadableFile(file=path.name, missing_columns=missing, unknown_fields=unknown)
