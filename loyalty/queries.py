"""Reads of members, cards and points that are worth a name.

Nothing here shows points that cannot be spent: what is expired but not yet swept, or pending, is
left out at the instant asked for. The same rule stands in `ledger_balance`, where it decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Q

from core.db import lock_rows, prepared_cursor
from loyalty.domain.levels import Downgrade, Level, SpendingWindow
from loyalty.errors import CardNotFound, PartnerNotFound
from loyalty.models import (
    LoyaltyCard,
    LoyaltyProgram,
    Membership,
    MembershipLevelPath,
    Partner,
    PointHistory,
)


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card as of an instant. `balance`: what could be spent then; below zero: what is owed."""

    id: int
    code: str
    code_key: str
    loyalty_program_id: int
    balance: Decimal
    partner_ids: frozenset[int]
    active: bool
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class LoyaltyWallet:
    """A member with the level held, the active cards, and the cards behind entered codes.

    `membership_id`: the MembershipProduct held. `cards_by_code` is keyed by `code_key` and has
    blocked and expired cards too, so that a refusal can say which it was. `has_levels`: there are
    levels that spending reaches.
    """

    partner_id: int | None
    partner_ref: str | None
    partner_name: str | None
    membership_id: int | None
    cards: tuple[CardRow, ...]
    cards_by_code: Mapping[str, CardRow]
    has_levels: bool = False


@dataclass(frozen=True, slots=True)
class CardBalance:
    """A card's points as of an instant, from its journal up to `sequence`, on to `next_row_at`.

    `spendable`: less `debt`. `pending`: not yet. `next_change_at`: by time alone; None: never.
    """

    card_id: int
    at: datetime
    spendable: Decimal
    pending: Decimal
    debt: Decimal
    next_change_at: datetime | None
    next_row_at: datetime | None
    sequence: int


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One row of a card's journal."""

    sequence: int
    operation_id: int
    move_id: int | None
    kind: str
    points: Decimal
    balance: Decimal
    at: datetime
    origin: str


_WALLET = """
SELECT * FROM loyalty_wallet(
    %s::text, %s::bigint, %s::text[], %s::timestamptz, %s::boolean)
"""
_BALANCE_AT = """
WITH held AS (
    SELECT move_id, sum(points_amount) AS points FROM loyalty_pointhistory
    WHERE card_id = %(card)s AND transaction_time <= %(at)s
      AND (move_id IS NOT NULL OR kind <> 'expire') GROUP BY move_id  -- not those of a sweep
), lots AS (
    SELECT held.points, m.available_from, m.expiration_date
    FROM held JOIN loyalty_pointmove m ON m.id = held.move_id
    WHERE m.expiration_date IS NULL OR m.expiration_date > %(at)s
), debt AS (SELECT coalesce(-sum(points), 0) AS points FROM held WHERE move_id IS NULL)
SELECT CASE WHEN c.active AND (c.expires_at IS NULL OR c.expires_at > %(at)s)
            THEN coalesce((SELECT sum(points) FROM lots WHERE available_from <= %(at)s), 0)
            ELSE 0 END - debt.points,
       coalesce((SELECT sum(points) FROM lots WHERE available_from > %(at)s), 0), debt.points, (
           SELECT least(min(available_from) FILTER (WHERE available_from > %(at)s),
                        min(expiration_date)) FROM lots WHERE points > 0),
       (SELECT min(transaction_time) FROM loyalty_pointhistory
        WHERE card_id = %(card)s AND transaction_time > %(at)s), c.expires_at, c.sequence
FROM loyalty_loyaltycard c CROSS JOIN debt WHERE c.id = %(card)s
"""
_SAME_PERSON = """
WITH holders AS (
    SELECT id AS card_id, partner_id FROM loyalty_loyaltycard
    WHERE partner_id = %(partner)s OR partner_id = ANY(%(others)s)
    UNION ALL SELECT loyaltycard_id, partner_id FROM loyalty_loyaltycard_shared_with
    WHERE partner_id = %(partner)s OR partner_id = ANY(%(others)s)
), people AS (
    SELECT id, lower(email) AS email, regexp_replace(phone, '[^0-9]', '', 'g') AS phone
    FROM loyalty_partner WHERE id = %(partner)s OR id = ANY(%(others)s)
)
SELECT other.id FROM people me JOIN people other ON other.id <> me.id
WHERE me.id = %(partner)s
  AND ((me.email <> '' AND me.email = other.email)
       OR (length(me.phone) >= 6 AND me.phone = other.phone)
       OR EXISTS (SELECT 1 FROM holders mine JOIN holders theirs USING (card_id)
                  WHERE mine.partner_id = me.id AND theirs.partner_id = other.id))
"""


def read_wallet(
    *, partner_ref: str | int | None, code_keys: Sequence[str], at: datetime, lock: bool = False
) -> LoyaltyWallet:
    """Return a member (None: nobody known) and the cards behind codes, as of `at`.

    `partner_ref`: the caller's reference, or our id. One statement. `lock`: it first takes the
    row locks of the partner and of the cards, in the one lock order, so that what is read holds
    until the transaction ends.
    Raises: PartnerNotFound.
    """
    ref, partner_id = (None, partner_ref) if isinstance(partner_ref, int) else (partner_ref, None)
    with prepared_cursor() as cursor:
        cursor.execute(_WALLET, (ref, partner_id, list(code_keys), at, lock))
        rows = cursor.fetchall()
    partner_id, ref, name, membership_id = rows[0][:4]
    if partner_ref is not None and partner_id is None:
        raise PartnerNotFound(partner=partner_ref)
    held = [(row[4], _card_row(row[5:13])) for row in rows if row[5] is not None]
    wanted = set(code_keys)
    return LoyaltyWallet(
        partner_id=partner_id,
        partner_ref=ref,
        partner_name=name,
        membership_id=membership_id,
        cards=tuple(card for own, card in held if own),
        cards_by_code={card.code_key: card for _, card in held if card.code_key in wanted},
        has_levels=rows[0][13],
    )


def partner_ref(partner_id: int) -> str | None:
    """Return the reference of a member, None if there is none."""
    return Partner.objects.filter(pk=partner_id).values_list("ref", flat=True).first()


def hold_cards(card_ids: Collection[int], *, at: datetime) -> Mapping[int, Decimal]:
    """Lock cards in their order until the transaction ends; return what could be taken from each.

    That is what could be spent as of `at`, with what is still pending, and never below zero.
    """
    lock_rows(LoyaltyCard.objects.filter(pk__in=card_ids))
    found = {card_id: balance_at(card_id, at) for card_id in card_ids}
    return {key: max(one.spendable + one.pending, Decimal(0)) for key, one in found.items()}


def same_person(partner_id: int, others: Collection[int]) -> set[int]:
    """Return those of the others who share a card, an email or a phone with the member."""
    with connection.cursor() as cursor:
        cursor.execute(_SAME_PERSON, {"partner": partner_id, "others": list(others)})
        return {row[0] for row in cursor.fetchall()}


def balance_at(card_id: int, at: datetime) -> CardBalance:
    """Return a card's points as of any instant, past or to come, as now known.

    From the lots and the journal up to then, so an operation that a till reports late counts
    from the time of its sale; with the expiry that each lot has now. A card that is blocked now,
    or had expired then, has nothing to spend. Raises: CardNotFound.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE_AT, {"card": card_id, "at": at})
        row = cursor.fetchone()
    if row is None:
        raise CardNotFound(card_id=card_id)
    spendable, pending, debt, lots_change_at, next_row_at, card_ends_at, sequence = row
    ahead = [one for one in (lots_change_at, card_ends_at) if one is not None and one > at]
    return CardBalance(
        card_id=card_id,
        at=at,
        spendable=spendable,
        pending=pending,
        debt=debt,
        next_change_at=min(ahead, default=None),
        next_row_at=next_row_at,
        sequence=sequence,
    )


def statement(
    card_id: int, *, before: int | None = None, limit: int = 100
) -> tuple[StatementRow, ...]:
    """Return the latest rows of a card's journal, newest first; `before`: older than a sequence."""
    rows = PointHistory.objects.filter(card_id=card_id)
    if before is not None:
        rows = rows.filter(sequence__lt=before)
    return tuple(
        StatementRow(
            sequence=row.sequence,
            operation_id=row.operation_id,
            move_id=row.move_id,
            kind=row.kind,
            points=row.points_amount,
            balance=row.points_balance,
            at=row.transaction_time,
            origin=row.origin,
        )
        for row in rows.order_by("-sequence")[:limit]
    )


def membership_at(partner_id: int, at: datetime) -> Membership | None:
    """Return the membership a partner held at an instant, with its level."""
    return (
        Membership.objects.select_related("membership_product")
        .filter(partner_id=partner_id, membership_start__lte=at)
        .filter(Q(closed_at=None) | Q(closed_at__gt=at))
        .order_by("-membership_start", "-pk")
        .first()
    )


def partners_whose_term_ends(at: datetime, *, after: int, limit: int) -> list[int]:
    """Return members whose open membership's term is over at an instant, by id, from one on."""
    over = Membership.objects.filter(
        closed_at=None, membership_stop__lte=at, partner_id__gt=after
    ).order_by("partner_id")
    return list(over.values_list("partner_id", flat=True)[:limit])


def program_refs(ids: Collection[int]) -> dict[int, str]:
    """Return the references of kinds of points, by id."""
    return dict(LoyaltyProgram.objects.filter(pk__in=ids).values_list("pk", "ref"))


def level_paths() -> list[Level]:
    """Return all level paths."""
    return [
        Level(
            path_id=path.pk,
            product_id=path.membership_product_id,
            threshold=path.threshold,
            sequence=path.sequence,
            is_upgradable=path.is_upgradable,
            is_downgradable=path.is_downgradable,
            window=SpendingWindow(path.window),
            window_months=path.window_months,
            term_months=path.term_months,
            grace_days=path.grace_days,
            downgrade_to=Downgrade(path.downgrade_to),
        )
        for path in MembershipLevelPath.objects.all()
    ]


def shop_zone() -> ZoneInfo:
    """Return the time zone of the shop's own days: levels belong to no single store."""
    return ZoneInfo(settings.TIME_ZONE)


def _card_row(row: Sequence[Any]) -> CardRow:
    """Read the columns from the card's id on."""
    card_id, code, code_key, program_id, balance, partner_ids, active, expires_at = row
    return CardRow(
        id=card_id,
        code=code,
        code_key=code_key,
        loyalty_program_id=program_id,
        balance=balance,
        partner_ids=frozenset(partner_ids),
        active=active,
        expires_at=expires_at,
    )
