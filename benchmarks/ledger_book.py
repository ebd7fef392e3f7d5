"""A large ledger of the product's own, written by SQL as its services would have written it."""

from __future__ import annotations

import psycopg

HOT = 1
POINTS_OF_A_HOT_LOT = 10**9
PROGRAM = "bench"

# The guards of the journal fire for each row and allow what is written here in order; only the
# balance of a card is set at the end, as the ledger would.
_CARDS = """
INSERT INTO loyalty_loyaltycard (
    id, loyalty_program_id, code, code_key, points, debt, sequence, last_hash, active)
SELECT card, p.id, 'BENCH' || card, 'BENCH' || card, 0, 0, 0, '', true
FROM loyalty_loyaltyprogram p, generate_series(1, %(cards)s) AS card WHERE p.ref = %(program)s;
SELECT setval(pg_get_serial_sequence('loyalty_loyaltycard', 'id'), %(cards)s);
SELECT setseed(0.42);
"""
# Card by card, as the floor's are written: what a card has lies together.
_LOTS = """
CREATE TEMP TABLE lot ON COMMIT DROP AS
SELECT c.id AS card_id, n, CASE WHEN c.id = 1 THEN %(hot)s ELSE 100 END::numeric AS points,
       %(at)s::timestamptz AS at,
       date_trunc('day', now()) + make_interval(days => 1 + (random() * 360)::int) AS expires,
       nextval(pg_get_serial_sequence('loyalty_pointoperation', 'id')) AS operation_id,
       nextval(pg_get_serial_sequence('loyalty_pointmove', 'id')) AS move_id
FROM (SELECT id FROM loyalty_loyaltycard WHERE id BETWEEN %(first)s AND %(last)s ORDER BY id) AS c,
     generate_series(1, %(lots)s) AS n;
INSERT INTO loyalty_pointoperation (
    id, card_id, kind, idempotency_key, request_digest, requested_points, points, expired_points,
    balance_before, balance_after, reversed_points, origin, transaction_time)
SELECT operation_id, card_id, 'earn', 'seed:' || operation_id, encode(sha256(''), 'hex'), points,
       points, 0, points * (n - 1), points * n, 0, 'seed', at
FROM lot;
INSERT INTO loyalty_pointmove (
    id, card_id, operation_id, gain_date, available_from, expiration_date, expires_when_inactive,
    initial_point, remaining_point, expired_point, state, origin)
SELECT move_id, card_id, operation_id, at, at, expires, false, points, points, 0, 'active', 'seed'
FROM lot;
INSERT INTO loyalty_pointhistory (
    card_id, sequence, operation_id, move_id, kind, points_amount, points_balance,
    transaction_time, origin, hash)
SELECT card_id, n, operation_id, move_id, 'earn', points, points * n, at, 'seed',
       ledger_chain('', ledger_row(card_id, n, operation_id, move_id, 'earn', points, points * n,
                                   at, NULL, NULL, 'seed'))
       OVER (PARTITION BY card_id ORDER BY n ROWS UNBOUNDED PRECEDING)
FROM lot;
UPDATE loyalty_loyaltycard c
SET points = h.points_balance, sequence = h.sequence, last_hash = h.hash
FROM loyalty_pointhistory h JOIN lot ON lot.card_id = h.card_id AND h.sequence = lot.n
WHERE c.id = h.card_id AND lot.n = %(lots)s;
"""
_CARDS_AT_ONCE = 10_000


def fill(database_url: str, cards: int, lots: int) -> None:
    """Give the migrated database cards of so many lots of 100 points; the first card has more.

    Raises: psycopg.Error if there are cards already.
    """
    with psycopg.connect(database_url, cursor_factory=psycopg.ClientCursor) as connection:
        found = connection.execute("SELECT now() - interval '30 days'").fetchone()
        assert found is not None
        connection.execute(_CARDS.encode(), {"cards": cards, "program": PROGRAM})
        for first in range(1, cards + 1, _CARDS_AT_ONCE):
            asked = {"hot": POINTS_OF_A_HOT_LOT, "at": found[0], "lots": lots}
            asked |= {"first": first, "last": min(cards, first + _CARDS_AT_ONCE - 1)}
            connection.execute(_LOTS.encode(), asked)
            connection.commit()  # which drops the temporary table
    settle(database_url)


def settle(database_url: str) -> None:
    """Let nothing of the loading, or of the shape before, be done while the next is measured."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
