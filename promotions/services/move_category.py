"""Renaming a category, or hanging it under another one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.db import refused_as
from promotions.catalog.category_tree import JOIN, lock_tree, path_fault
from promotions.errors import CategoryNotFound, InvalidCategory
from promotions.models import Category
from promotions.programs.faults import Fault, as_errors

# A path and a lineage are those of the parent, then the own end: the same for all below.
_MOVE = """
UPDATE promotions_category SET
  path = %(path)s || substr(path, %(old_length)s),
  lineage = %(lineage)s::bigint[] || lineage[%(depth)s:]
WHERE lineage[%(depth)s] = %(id)s
"""
_LONGEST = """
SELECT max(length(path)) FROM promotions_category WHERE lineage[%(depth)s] = %(id)s
"""


@dataclass(frozen=True, slots=True)
class CategoryMoved:
    """A category at its new place. `moved`: how many categories, it and those below it."""

    category_id: int
    path: str
    moved: int


def move_category(*, category_id: int, parent_id: int | None, name: str) -> CategoryMoved:
    """Put a category, with all below it, under another one (None: on top), as `name`.

    Programs and products that name it go with it: they hold its id.
    Raises: CategoryNotFound, InvalidCategory.
    Writes: category, in one statement for the whole branch.
    Safe under: concurrency, one transaction at a time changes the tree (advisory lock).
    """
    name = name.strip()
    with transaction.atomic():
        lock_tree()
        rows = Category.objects.in_bulk([key for key in (category_id, parent_id) if key])
        for key in (category_id, parent_id):
            if key is not None and key not in rows:
                raise CategoryNotFound(category=key)
        row = rows[category_id]
        parent = rows[parent_id] if parent_id is not None else None
        path = JOIN.join([parent.path, name] if parent else [name])
        _check(row, parent, name, path)
        refusal = InvalidCategory(
            errors=as_errors([Fault("/name", "duplicate", _("There is such a category already."))])
        )
        with refused_as({"one_category_per_path": lambda: refusal}):
            moved = _move(row, parent, path)
            Category.objects.filter(pk=category_id).update(parent_id=parent_id, name=name)
    return CategoryMoved(category_id, path, moved)


def _check(row: Category, parent: Category | None, name: str, path: str) -> None:
    fault = path_fault("/name", name) or path_fault("/name", path)
    if ">" in name:
        fault = Fault("/name", "invalid", _("A name holds no “>”: it separates names in a path."))
    if parent is not None and row.pk in parent.lineage:
        fault = Fault("/parent", "circular", _("A category cannot hang under itself."))
    if fault is None and _longest(row) + len(path) - len(row.path) > 400:
        fault = Fault("/name", "too_long", _("A path below it would exceed 400 characters."))
    if fault is not None:
        raise InvalidCategory(errors=as_errors([fault]))


def _longest(row: Category) -> int:
    """Return the length of the longest path in the branch."""
    with connection.cursor() as cursor:
        cursor.execute(_LONGEST, {"depth": len(row.lineage), "id": row.pk})
        (longest,) = cursor.fetchone()
    return int(longest)


def _move(row: Category, parent: Category | None, path: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE,
            {
                "path": path,
                "old_length": len(row.path) + 1,
                "lineage": parent.lineage if parent else [],
                "depth": len(row.lineage),
                "id": row.pk,
            },
        )
        return int(cursor.rowcount)
