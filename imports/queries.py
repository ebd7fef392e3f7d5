"""What is known of the rows of other systems."""

from __future__ import annotations

from collections.abc import Collection

from imports.models import ImportedRow


def known_rows(source: str, table: str, keys: Collection[str]) -> dict[str, ImportedRow]:
    """Return the rows with these keys that were met before, by key."""
    if not keys:
        return {}
    found = ImportedRow.objects.filter(source=source, table=table, key__in=set(keys))
    return {row.key: row for row in found}


def loaded_rows(source: str, table: str, ids: Collection[int | None]) -> dict[int, ImportedRow]:
    """Return the rows that are here by now, by their number there."""
    found = known_rows(source, table, {str(one) for one in ids if one is not None})
    return {int(key): row for key, row in found.items() if row.target_id is not None}


def refs_in_use(source: str, table: str, refs: Collection[str]) -> dict[str, str]:
    """Return which of these references belong to which key of a source."""
    found = ImportedRow.objects.filter(source=source, table=table, ref__in=set(refs))
    return dict(found.values_list("ref", "key"))


def refused_keys(source: str, table: str) -> list[str]:
    """Return the keys of rows that were refused, to be tried again."""
    found = ImportedRow.objects.filter(source=source, table=table, state="refused")
    return list(found.order_by("id").values_list("key", flat=True))
