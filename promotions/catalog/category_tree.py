"""The category tree, addressed by paths such as `Drinks > Coffee`."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from core.sentences import sentence as _
from promotions.models import Category
from promotions.programs.faults import Fault

SEPARATOR = ">"
JOIN = " > "
MAX_PATH = 400
MAX_NAME = 120
_IDS = """
SELECT nextval(pg_get_serial_sequence('promotions_category', 'id')) FROM generate_series(1, %s)
"""
# The tree grows and is rearranged by one transaction at a time: any number would do as a key.
_TREE_LOCK = 7_120_001


def read_path(text: str) -> str | None:
    """Return the path with one space around each separator, or None if a name is empty."""
    names = [name.strip() for name in text.split(SEPARATOR)]
    return JOIN.join(names) if all(names) else None


def path_fault(pointer: str, text: str) -> Fault | None:
    """Return what is wrong with a path, or None."""
    path = read_path(text)
    if path is None:
        detail = _("Write a category as Drinks > Coffee, without empty names.")
        return Fault(pointer, "invalid_category", detail)
    if len(path) > MAX_PATH or any(len(name) > MAX_NAME for name in path.split(JOIN)):
        detail = _("A category has at most 400 characters, each of its names at most 120.")
        return Fault(pointer, "invalid_category", detail)
    return None


def lock_tree() -> None:
    """Wait until nobody else grows or rearranges the tree; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_TREE_LOCK,))


def ensure_categories(paths: Collection[str]) -> dict[str, int]:
    """Return the ids of the paths, as `read_path` spells them; missing ones are made.

    With their ancestors, in one statement however many. Must run in a transaction.
    """
    wanted = {ancestor for path in paths for ancestor in _with_ancestors(path)}
    known = _read(wanted)
    if wanted <= known.keys():
        return {path: known[path][0] for path in paths}
    lock_tree()
    # Under the lock, what is still missing is made by nobody else.
    known = _read(wanted)
    missing = sorted(wanted - known.keys(), key=lambda path: path.count(JOIN))
    rows = []
    for path, key in zip(missing, _new_ids(len(missing)), strict=True):
        parent_path, _sep, name = path.rpartition(JOIN)
        parent = known.get(parent_path)
        lineage = [*(parent[1] if parent else ()), key]
        known[path] = (key, lineage)
        rows.append(
            Category(
                id=key,
                path=path,
                name=name,
                parent_id=parent[0] if parent else None,
                lineage=lineage,
            )
        )
    Category.objects.bulk_create(rows)
    return {path: known[path][0] for path in paths}


def _with_ancestors(path: str) -> list[str]:
    names = path.split(JOIN)
    return [JOIN.join(names[:depth]) for depth in range(1, len(names) + 1)]


def _read(paths: Collection[str]) -> dict[str, tuple[int, list[int]]]:
    rows = Category.objects.filter(path__in=paths).values_list("path", "pk", "lineage")
    return {path: (key, lineage) for path, key, lineage in rows}


def _new_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_IDS, (count,))
        return [row[0] for row in cursor.fetchall()]
