"""The only writer of points: lots, journal and balances.

Each function is one call of a database function (migration 0003 of this app), and so one round
trip: in autocommit when alone, inside the caller's transaction when there is one. What they
promise, and why they are built as they are, is in docs/ledger.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import DatabaseError, connection

from core.db import ask as ask_database
from core.db import prepared_cursor
from core.numbers import plain
from events.bell import ring_after_commit
from loyalty import errors
from loyalty.card_lock import in_turn
from loyalty.domain.known_terms import KnownTerms
from loyalty.domain.points import PointsExpired, PointsMoved, PointsTransferred
from loyalty.ledger_answer import Answer, refused_by_the_ledger, result_of, transferred

MAX_POINTS = Decimal(10**10)
MAX_TEXT = 255
# Cards per batch of the sweep: with ten lots each they stay locked for about half a second.
EXPIRY_BATCH = 4_000


_known_terms = KnownTerms()


def earn(
    *,
    card_id: int,
    points: Decimal,
    origin: str,
    idempotency_key: str,
    at: datetime,
    expires_at: datetime | None,
) -> PointsMoved:
    """Put a lot of points on a card, as far as the earning cap allows.

    Raises: the refusals of `earn_points`.
    """
    return _gain("earn", card_id, points, origin, idempotency_key, at, expires_at)


def redeem(
    *, card_id: int, points: Decimal, origin: str, idempotency_key: str, at: datetime
) -> PointsMoved:
    """Take points off a card, first expired first out.

    Raises: the refusals of `redeem_points`.
    """
    return _spend("redeem", card_id, points, origin, idempotency_key, at)


def adjust(
    *, card_id: int, points: Decimal, reason: str, idempotency_key: str, at: datetime
) -> PointsMoved:
    """Put points on a card, or take them off if they are negative, for a reason.

    Raises: the refusals of `adjust_points`.
    """
    if points < 0:
        return _spend("adjust", card_id, -points, reason, idempotency_key, at)
    return _gain("adjust", card_id, points, reason, idempotency_key, at, None)


def reverse(
    *,
    operation_id: int,
    points: Decimal | None,
    origin: str,
    idempotency_key: str,
    at: datetime,
) -> PointsMoved:
    """Undo an operation, whole or in part.

    Raises: the refusals of `reverse_operation`.
    """
    if points is not None:
        _check_points(points)
    _check(origin, idempotency_key, at)
    asked = "rest" if points is None else plain(points)
    digest = _digest("reverse", str(operation_id), asked, origin)
    answer = _call(
        "SELECT ledger_reverse(%s::bigint, %s::numeric, %s::text, %s::text, %s::text,"
        " %s::timestamptz)",
        (operation_id, points, origin, idempotency_key, digest, at),
    )
    return result_of(answer, {"operation_id": operation_id}, idempotency_key)


def transfer(
    *,
    from_card_id: int,
    to_card_id: int,
    points: Decimal,
    origin: str,
    idempotency_key: str,
    at: datetime,
) -> PointsTransferred:
    """Move points that can be spent to another card.

    Raises: the refusals of `transfer_points`.
    """
    _check_points(points)
    return _hand_over("transfer", from_card_id, to_card_id, points, origin, idempotency_key, at)


def merge(
    *, card_id: int, into_card_id: int, origin: str, idempotency_key: str, at: datetime
) -> PointsTransferred:
    """Move all that is still good to another card, and block the emptied one.

    Raises: the refusals of `merge_cards`.
    """
    return _hand_over("merge", card_id, into_card_id, None, origin, idempotency_key, at)


def due_cards(*, at: datetime) -> list[int]:
    """Return the cards with points past their date, in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT card_id FROM loyalty_pointmove"
            " WHERE state = 'active' AND expiration_date <= %s ORDER BY card_id",
            (at,),
        )
        return [card_id for (card_id,) in cursor.fetchall()]


def expire_batch(*, at: datetime, card_ids: list[int]) -> PointsExpired:
    """Expire the due points of those of these cards that nobody holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_expire(%s::timestamptz, %s::bigint[])", (at, card_ids))
        cards, lots, points, unsound = cursor.fetchone()
    if cards:
        ring_after_commit()
    return PointsExpired(cards=cards, lots=lots, points=points, unsound=unsound)


def carry_over(
    *, partner_id: int, membership_product_id: int | None, origin: str, key: str, at: datetime
) -> int:
    """Carry the points on a member's cards over to a level; return how many lots were carried.

    The caller holds the partner's row lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_carry_over(%s::bigint, %s::bigint, %s::text, %s::text, %s::timestamptz)",
            (partner_id, membership_product_id, origin, key, at),
        )
        (carried,) = cursor.fetchone()
    return int(carried)


def _gain(
    kind: str,
    card_id: int,
    points: Decimal,
    origin: str,
    key: str,
    at: datetime,
    expires_at: datetime | None,
) -> PointsMoved:
    _check_points(points)
    _check(origin, key, at)
    if expires_at is not None:
        _check_instant(expires_at)
        if expires_at <= at:
            raise errors.ExpiryInThePast(expires_at=expires_at, at=at)
    until = "" if expires_at is None else expires_at.astimezone(UTC).isoformat()
    digest = _digest(kind, str(card_id), plain(points), origin, until)

    def ask() -> Answer:
        known = _known_terms.dates(at)
        return _call(
            "SELECT ledger_gain(%s::text, %s::bigint, %s::numeric, %s::text, %s::text,"
            " %s::text, %s::timestamptz, %s::timestamptz, %s::text[], %s::timestamptz[],"
            " %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])",
            (
                *(kind, card_id, points, origin, key, digest, at, expires_at),
                *(known.terms, known.available(at), known.expires),
                *(known.cap_from, known.cap_until),
            ),
        )

    answer = in_turn(card_id, lambda: _with_terms(ask))
    return result_of(answer, {"card_id": card_id}, key)


def _spend(
    kind: str, card_id: int, points: Decimal, origin: str, key: str, at: datetime
) -> PointsMoved:
    _check_points(points)
    _check(origin, key, at)
    digest = _digest(kind, str(card_id), plain(-points), origin)

    def ask() -> Answer:
        known = _known_terms.dates(at)
        # Only points that live by activity need a date when they are spent.
        return _call(
            "SELECT ledger_spend(%s::text, %s::bigint, %s::numeric, %s::text, %s::text,"
            " %s::text, %s::timestamptz, %s::text[], %s::timestamptz[])",
            (
                *(kind, card_id, points, origin, key, digest, at),
                *(known.active_terms, known.active_expires),
            ),
        )

    answer = in_turn(card_id, lambda: _with_terms(ask))
    return result_of(answer, {"card_id": card_id}, key)


def _hand_over(
    what: str, giver: int, taker: int, points: Decimal | None, origin: str, key: str, at: datetime
) -> PointsTransferred:
    _check(origin, key, at)
    if giver == taker:
        raise errors.SameCard(card_id=giver)
    asked = "all" if points is None else plain(points)
    digest = _digest(what, str(giver), str(taker), asked, origin)
    try:
        with prepared_cursor() as cursor:
            cursor.execute(
                "SELECT one::text FROM ledger_transfer(%s::bigint, %s::bigint, %s::numeric,"
                " %s::text, %s::text, %s::text, %s::timestamptz) AS one",
                (giver, taker, points, origin, key, digest, at),
            )
            rows = [text for (text,) in cursor.fetchall()]
    except DatabaseError as error:
        raise refused_by_the_ledger(error) from error
    ring_after_commit()
    return transferred(rows, (giver, taker), key)


def _with_terms(ask: Callable[[], Answer]) -> Answer:
    """Ask until the terms met were sent along: twice at most, unless they change in between."""
    while True:
        answer = ask()
        if answer.outcome != "terms_unknown" or answer.terms is None:
            return answer
        _known_terms.learn(answer.terms)


def _call(sql: str, arguments: tuple[Any, ...]) -> Answer:
    try:
        row = ask_database(sql, *arguments)
    except DatabaseError as error:
        raise refused_by_the_ledger(error) from error
    assert row is not None, "a function answers"
    ring_after_commit()
    return Answer.parse(row[0])


def _check_points(points: Decimal) -> None:
    if not points.is_finite() or not 0 < points < MAX_POINTS:
        raise errors.InvalidPoints(points=points)


def _check(origin: str, key: str, at: datetime) -> None:
    for name, text in (("origin", origin), ("idempotency_key", key)):
        if not 0 < len(text) <= MAX_TEXT or "\0" in text:
            raise errors.InvalidText(field=name, most=MAX_TEXT)
    _check_instant(at)


def _check_instant(at: datetime) -> None:
    if at.tzinfo is None:
        raise errors.InstantWithoutZone(instant=at)


def _digest(*parts: str) -> str:
    """Return what tells a replay from another request with the same key."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
