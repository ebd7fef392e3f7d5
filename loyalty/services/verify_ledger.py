"""Prove that the ledger adds up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from loyalty.models import LoyaltyCard

BATCH = 1000


@dataclass(frozen=True, slots=True)
class LedgerFlaw:
    """The first thing that is not as it must be: what, in which row, and what was found."""

    card_id: int
    table: str
    row_id: int
    sequence: int | None
    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What was looked at, and the first flaw; None: everything adds up."""

    cards: int
    rows: int
    flaw: LedgerFlaw | None


# One statement, and so one snapshot: live traffic does not look like a flaw. Chain first, as a
# broken row explains the sums that are wrong after it.
_FLAWS = """
WITH cards AS MATERIALIZED (
    SELECT * FROM loyalty_loyaltycard WHERE id = ANY (%(cards)s::bigint[])
), journal AS MATERIALIZED (
    SELECT h.*, before.points_balance AS balance_before, before.hash AS hash_before
    FROM loyalty_pointhistory h JOIN cards ON cards.id = h.card_id
    LEFT JOIN loyalty_pointhistory before
      ON before.card_id = h.card_id AND before.sequence = h.sequence - 1
    WHERE %(since)s::timestamptz IS NULL OR h.transaction_time >= %(since)s
), whole AS MATERIALIZED (
    SELECT * FROM journal WHERE %(since)s::timestamptz IS NULL
), by_lot AS (
    SELECT move_id, sum(points_amount) AS held,
           -coalesce(sum(points_amount) FILTER (WHERE kind = 'expire'), 0) AS expired
    FROM whole WHERE move_id IS NOT NULL GROUP BY move_id
), lots AS MATERIALIZED (
    -- A sweep took what was left, in a row for all lots of the card that name its operation.
    SELECT m.*, coalesce(by_lot.held, 0) AS held,
           CASE WHEN m.expired_by_id IS NULL THEN coalesce(by_lot.held, 0) ELSE 0 END AS has,
           CASE WHEN m.expired_by_id IS NULL THEN 0 ELSE coalesce(by_lot.held, 0) END
           + coalesce(by_lot.expired, 0) AS had
    FROM (SELECT * FROM loyalty_pointmove WHERE id IN (SELECT move_id FROM by_lot)
          UNION SELECT * FROM loyalty_pointmove
          WHERE card_id = ANY (%(cards)s::bigint[]) AND state = 'active') AS m
    LEFT JOIN by_lot ON by_lot.move_id = m.id
    WHERE %(since)s::timestamptz IS NULL
), swept AS (
    SELECT expired_by_id AS operation_id, coalesce(membership_product_id, 0) AS level,
           sum(held) AS points
    FROM lots WHERE expired_by_id IS NOT NULL GROUP BY 1, 2
), ends AS (
    -- The rows that a lot began with, and that last moved it.
    SELECT DISTINCT ON (move_id) move_id, first_value(operation_id) OVER own AS operation_id,
           first_value(points_amount) OVER own AS points, first_value(origin) OVER own AS origin,
           CASE WHEN first_value(kind) OVER own IN ('earn', 'adjust')
                THEN first_value(transaction_time) OVER own END AS gained,
           last_value(membership_product_id) OVER own AS level
    FROM whole WHERE move_id IS NOT NULL
    WINDOW own AS (PARTITION BY move_id ORDER BY sequence
                   ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), last AS (
    SELECT h.* FROM cards CROSS JOIN LATERAL (
        SELECT * FROM loyalty_pointhistory WHERE card_id = cards.id
        ORDER BY sequence DESC LIMIT 1) AS h
), flaws(place, card_id, relation, row_id, sequence, what, expected, found) AS (
    SELECT 1, card_id, 'loyalty_pointhistory', id, sequence, 'the row before it is missing',
           (sequence - 1)::text, 'nothing'
    FROM journal WHERE sequence > 1 AND hash_before IS NULL
    UNION ALL
    SELECT 2, card_id, 'loyalty_pointhistory', id, sequence,
           'the balance is not the one before and the amount',
           (coalesce(balance_before, 0) + points_amount)::text, points_balance::text
    FROM journal WHERE points_balance <> coalesce(balance_before, 0) + points_amount
    UNION ALL
    SELECT 3, card_id, 'loyalty_pointhistory', id, sequence, 'the hash is of another row',
           encode(ledger_hash(coalesce(hash_before, ''), card_id, sequence, operation_id, move_id,
                              kind, points_amount, points_balance, transaction_time,
                              membership_product_id, status_membership_product_id, origin), 'hex'),
           encode(hash, 'hex')
    FROM journal WHERE hash <> ledger_hash(
        coalesce(hash_before, ''), card_id, sequence, operation_id, move_id, kind, points_amount,
        points_balance, transaction_time, membership_product_id, status_membership_product_id,
        origin)
    UNION ALL
    SELECT 3, j.card_id, 'loyalty_pointhistory', j.id, j.sequence,
           'its operation or its lot is not there, or is another card''s',
           concat_ws(' ', j.operation_id, j.move_id), concat_ws(' ', o.id, m.id)
    FROM journal j
    LEFT JOIN loyalty_pointoperation o ON o.id = j.operation_id AND o.card_id = j.card_id
    LEFT JOIN loyalty_pointmove m ON m.id = j.move_id AND m.card_id = j.card_id
    WHERE o.id IS NULL OR (j.move_id IS NOT NULL AND m.id IS NULL)
    UNION ALL
    SELECT 4, c.id, 'loyalty_loyaltycard', c.id, c.sequence, 'its journal ends otherwise',
           concat_ws(' ', coalesce(last.sequence, 0), coalesce(last.points_balance, 0),
                     encode(coalesce(last.hash, ''), 'hex')),
           concat_ws(' ', c.sequence, c.points, encode(c.last_hash, 'hex'))
    FROM cards c LEFT JOIN last ON last.card_id = c.id
    WHERE (c.sequence, c.points, c.last_hash) IS DISTINCT FROM
          (coalesce(last.sequence, 0), coalesce(last.points_balance, 0), coalesce(last.hash, ''))
    UNION ALL
    SELECT 5, m.card_id, 'loyalty_pointmove', m.id, NULL,
           'what is left, and what expired, is not what the journal says',
           concat_ws(' ', m.has, m.had), concat_ws(' ', m.remaining_point, m.expired_point)
    FROM lots m WHERE (m.remaining_point, m.expired_point) IS DISTINCT FROM (m.has, m.had)
    UNION ALL
    -- What is given back to such a lot expires at once.
    SELECT 5, m.card_id, 'loyalty_pointmove', m.id, NULL, 'it says expired, and nothing of it did',
           'depleted', m.state
    FROM lots m WHERE m.state = 'expired' AND m.expired_point = 0
    UNION ALL
    SELECT 5, m.card_id, 'loyalty_pointmove', m.id, NULL,
           'what was gained, by what, when or at which level is not what the journal says',
           concat_ws(' ', e.operation_id, e.points, e.gained, e.level, e.origin),
           concat_ws(' ', m.operation_id, m.initial_point, m.gain_date, m.membership_product_id,
                     m.origin)
    FROM lots m JOIN ends e ON e.move_id = m.id
    WHERE (m.operation_id, m.initial_point, m.gain_date, m.membership_product_id, m.origin)
          IS DISTINCT FROM
          (e.operation_id, e.points, coalesce(e.gained, m.gain_date), e.level, e.origin)
    UNION ALL
    SELECT 5, h.card_id, 'loyalty_pointhistory', h.id, h.sequence,
           'what it expired is not what was on the lots that name its operation',
           coalesce(-swept.points, 0)::text, h.points_amount::text
    FROM whole h LEFT JOIN swept ON swept.operation_id = h.operation_id
                               AND swept.level = coalesce(h.membership_product_id, 0)
    WHERE h.kind = 'expire' AND h.move_id IS NULL
      AND h.points_amount <> coalesce(-swept.points, 0)
    UNION ALL
    SELECT 6, c.id, 'loyalty_loyaltycard', c.id, c.sequence,
           'the balance is not what is left on its lots less the debt',
           (coalesce(lots.held, 0) - c.debt)::text, c.points::text
    FROM cards c LEFT JOIN (SELECT card_id, sum(remaining_point) AS held FROM loyalty_pointmove
                            WHERE state = 'active' AND card_id = ANY (%(cards)s::bigint[])
                            GROUP BY card_id) AS lots ON lots.card_id = c.id
    WHERE c.points <> coalesce(lots.held, 0) - c.debt
    UNION ALL
    SELECT 7, c.id, 'loyalty_loyaltycard', c.id, c.sequence,
           'the debt is not what the journal says',
           coalesce(owed.points, 0)::text, c.debt::text
    FROM cards c LEFT JOIN (SELECT card_id, -sum(points_amount) AS points FROM whole
                            WHERE move_id IS NULL AND kind <> 'expire'
                            GROUP BY card_id) AS owed ON owed.card_id = c.id
    WHERE %(since)s::timestamptz IS NULL AND c.debt <> coalesce(owed.points, 0)
    UNION ALL
    SELECT 8, o.card_id, 'loyalty_pointoperation', o.id, NULL,
           'its points are not what the journal says', coalesce(moved.points, 0)::text,
           o.points::text
    FROM loyalty_pointoperation o JOIN cards ON cards.id = o.card_id
    LEFT JOIN (SELECT operation_id, sum(points_amount) AS points FROM whole
               GROUP BY operation_id) AS moved ON moved.operation_id = o.id
    WHERE %(since)s::timestamptz IS NULL AND o.points <> coalesce(moved.points, 0)
    UNION ALL
    SELECT 8, h.card_id, 'loyalty_pointoperation', h.operation_id, h.sequence,
           'its kind, time or origin is not what its journal row says',
           concat_ws(' ', h.kind, h.transaction_time, h.origin),
           concat_ws(' ', o.kind, o.transaction_time, o.origin)
    FROM journal h JOIN loyalty_pointoperation o ON o.id = h.operation_id
    -- Points given back may expire, or go over to another level, in the same breath.
    WHERE (h.transaction_time, h.origin) <> (o.transaction_time, o.origin)
       OR h.kind <> o.kind AND NOT (o.kind = 'reverse' AND h.kind IN ('expire', 'transfer'))
    UNION ALL
    SELECT 8, o.card_id, 'loyalty_pointoperation', o.id, NULL,
           'a reversal names what it undoes, and nothing else does', (o.kind = 'reverse')::text,
           coalesce(o.reverses_id::text, 'nothing')
    FROM loyalty_pointoperation o JOIN cards ON cards.id = o.card_id
    WHERE (o.kind = 'reverse') <> (o.reverses_id IS NOT NULL)
    UNION ALL
    SELECT 9, o.card_id, 'loyalty_pointoperation', o.id, NULL,
           'what was undone of it is not what its reversals say', coalesce(undone.points, 0)::text,
           o.reversed_points::text
    FROM loyalty_pointoperation o JOIN cards ON cards.id = o.card_id
    LEFT JOIN (SELECT reverses_id, sum(abs(requested_points)) AS points FROM loyalty_pointoperation
               WHERE reverses_id IS NOT NULL AND card_id = ANY (%(cards)s::bigint[])
               GROUP BY reverses_id) AS undone ON undone.reverses_id = o.id
    WHERE o.reversed_points <> coalesce(undone.points, 0)
)
SELECT (SELECT count(*) FROM journal), first.*
FROM (VALUES (1)) AS one
LEFT JOIN (SELECT card_id, relation, row_id, sequence, what, expected, found FROM flaws
           ORDER BY card_id, CASE WHEN place <= 3 THEN sequence END, place, row_id LIMIT 1) AS first
ON true
"""


_ORPHANS = """
SELECT card_id, relation, id, NULL::bigint, 'its card is not there', card_id::text, 'nothing'
FROM (SELECT 'loyalty_pointhistory' AS relation, id, card_id FROM loyalty_pointhistory
      UNION ALL SELECT 'loyalty_pointmove', id, card_id FROM loyalty_pointmove
      UNION ALL SELECT 'loyalty_pointoperation', id, card_id FROM loyalty_pointoperation) AS row
WHERE NOT EXISTS (SELECT FROM loyalty_loyaltycard WHERE id = row.card_id)
ORDER BY 1, 2, 3 LIMIT 1
"""


def verify_ledger(
    *,
    card_ids: Sequence[int] | None = None,
    since: datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> LedgerReport:
    """Prove the truths of docs/ledger.md for these cards, or all; stop at the first flaw.

    `since`: of each card only the journal rows from then on, its end, and the sums that need no
    older ones. `progress` is told how many cards are done. Raises: nothing of its own.
    Writes: nothing.
    Safe under: live traffic, as every batch of cards is read in one statement.
    """
    cards = rows = 0
    last = 0
    while True:
        wanted = LoyaltyCard.objects.filter(pk__gt=last)
        if card_ids is not None:
            wanted = wanted.filter(pk__in=card_ids)
        batch = list(wanted.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not batch:
            return LedgerReport(cards, rows, _orphan() if card_ids is None else None)
        with connection.cursor() as cursor:
            cursor.execute(_FLAWS, {"cards": batch, "since": since})
            seen, *flaw = cursor.fetchone()
        cards, rows, last = cards + len(batch), rows + seen, batch[-1]
        if flaw[0] is not None:
            return LedgerReport(cards, rows, LedgerFlaw(*flaw))
        if progress is not None:
            progress(cards)


def _orphan() -> LedgerFlaw | None:
    """Return a row of a card that is not there, as no walk over the cards comes by it."""
    with connection.cursor() as cursor:
        cursor.execute(_ORPHANS)
        row = cursor.fetchone()
    return None if row is None else LedgerFlaw(*row)
