"""Which programs were in force when and where an order was sold.

It is what conversion is counted against. In force: published, within its dates, its weekly
schedule and its points of sale. A program whose limit was reached counts as in force: that
customers could not have it any more is part of its story.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from django.db import connection

from promotions.catalog_store import catalog_of, snapshot, store_facts
from promotions.engine.scope import outside
from reporting.facts.months import CALENDAR

# An instant outside of the calendar is no time of any store's clock; most cannot even be read.
_ORDERS = """
SELECT id, pos_config_id, catalog_version,
       CASE WHEN ordered_at >= %s AND ordered_at < %s THEN ordered_at END
FROM promotions_order WHERE id = ANY(%s) ORDER BY id
"""
# A set that is there already is returned by the second half: DO NOTHING returns no row.
_KEEP = """
WITH wanted AS (
    SELECT digest, ids FROM unnest(%(digests)s::bytea[], %(lists)s::text[]) AS one(digest, ids)
), made AS (
    INSERT INTO program_force_set (digest, program_ids)
    SELECT digest, ids::bigint[] FROM wanted ORDER BY digest
    ON CONFLICT DO NOTHING RETURNING id, digest
)
SELECT digest, id FROM made
UNION ALL
SELECT digest, kept.id FROM program_force_set kept JOIN wanted USING (digest)
"""


def force_sets_of(order_ids: Sequence[int]) -> dict[int, int]:
    """Return the id of the set of programs in force at the sale of each order, by order id.

    Writes: program_force_set, a row for each set not met before.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, (*CALENDAR, list(order_ids)))
        rows = cursor.fetchall()
    versions = {version for _, _, version, _ in rows}
    if versions:
        snapshot(max(versions))  # the catalog in force now is kept by the process, and most ask it
    catalogs = {version: catalog_of(version).programs for version in versions}
    stores = store_facts()
    found: dict[int, tuple[int, ...]] = {}
    for order_id, pos_id, version, ordered_at in rows:
        programs, pos = catalogs[version], stores[pos_id]
        found[order_id] = tuple(
            sorted(
                key
                for key, program in programs.items()
                if ordered_at is not None and outside(program, pos, ordered_at) is None
            )
        )
    kept = _keep(set(found.values()))
    return {order_id: kept[program_ids] for order_id, program_ids in found.items()}


def _keep(sets: set[tuple[int, ...]]) -> Mapping[tuple[int, ...], int]:
    texts = {ids: "{" + ",".join(map(str, ids)) + "}" for ids in sets}
    digests = {hashlib.sha256(text.encode()).digest(): ids for ids, text in texts.items()}
    asked: dict[str, list[bytes] | list[str]] = {
        "digests": list(digests),
        "lists": [texts[ids] for ids in digests.values()],
    }
    kept: dict[tuple[int, ...], int] = {}
    with connection.cursor() as cursor:
        while len(kept) < len(sets):  # a set made by another process meanwhile is seen next time
            cursor.execute(_KEEP, asked)
            kept = {digests[bytes(digest)]: key for digest, key in cursor.fetchall()}
    return kept
