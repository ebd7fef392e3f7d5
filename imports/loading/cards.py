"""Loading cards and coupons with the points on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from imports.errors import RowContradicts
from imports.loading.bodies import CardBody, CouponBody, PastMove
from imports.loading.cleaning import is_past
from imports.loading.rows import Known, Loaded, Prepared
from imports.loading.terms import changes_of, could_be_used, held_terms
from imports.models import ImportedRow
from loyalty.services.adjust_points import adjust_points
from loyalty.services.change_card import change_card
from loyalty.services.earn_points import earn_points
from loyalty.services.open_card import open_card
from loyalty.services.redeem_points import redeem_points
from promotions.coupons.batch import MAX_COUPONS
from promotions.services.adjust_coupon import adjust_coupon
from promotions.services.change_coupon import change_coupon
from promotions.services.issue_coupons import issue_coupons


class Cards:
    """Loads the cards and coupons of one source.

    New coupons with the same terms are issued together. What moved on a card is told apart from
    what moves here by its origin, which begins with `import:SOURCE`.
    """

    def __init__(self, source: str) -> None:
        self._origin = f"import:{source}"

    def groups(self, rows: Sequence[Prepared], before: Known) -> list[list[Prepared]]:
        """Return new coupons of the same terms together, everything else alone."""
        new, alone = list[Prepared](), list[list[Prepared]]()
        for one in rows:
            if isinstance(one.body, CouponBody) and _target(before.get(one.key)) is None:
                new.append(one)
            else:
                alone.append([one])
        new.sort(key=_terms)
        for _same, together in groupby(new, key=_terms):
            group = list(together)
            alone += [group[i : i + MAX_COUPONS] for i in range(0, len(group), MAX_COUPONS)]
        return alone

    def load(self, group: Sequence[Prepared], before: Known, at: datetime) -> list[Loaded]:
        """Load cards or coupons. Raises: what the services raise, RowContradicts."""
        known = before.get(group[0].key)
        if isinstance(group[0].body, CardBody):
            return [self._card(one, known, at) for one in group]
        if _target(known) is None:
            return self._issue(group, at)
        assert known is not None
        return [self._change_coupon(one, known, at) for one in group]

    def _issue(self, group: Sequence[Prepared], at: datetime) -> list[Loaded]:
        first: CouponBody = group[0].body
        issued = issue_coupons(
            program_id=first.program_id,
            codes=[one.body.code for one in group],
            points=first.points,
            partner_id=first.partner_id,
            expires_at=first.expires_at,
            at=at,
        )
        return [
            Loaded(coupon.code, coupon.coupon_id, made=True, held=_held(one), faults=one.faults)
            for one, coupon in zip(group, issued.coupons, strict=True)
        ]

    def _change_coupon(self, one: Prepared, before: ImportedRow, at: datetime) -> Loaded:
        body: CouponBody = one.body
        assert before.target_id is not None
        _refuse_other_code(body.code, before)
        changes = changes_of(body, before)
        changed = {**changes.opening, **changes.closing}
        if "active" in changed:
            changed["withdrawn_at"] = None if changed.pop("active") else at
        if changed:
            change_coupon(coupon_id=before.target_id, **changed)
        change = body.points - Decimal(before.held["points"])
        if change:
            adjust_coupon(coupon_id=before.target_id, points=change)
        return Loaded(before.ref, before.target_id, False, _held(one, before), one.faults)

    def _card(self, one: Prepared, before: ImportedRow | None, at: datetime) -> Loaded:
        body: CardBody = one.body
        if _target(before) is None:
            return self._open(one, body, at)
        assert before is not None
        assert before.target_id is not None
        _refuse_other_code(body.code, before)
        terms = changes_of(body, before)
        if terms.opening:
            change_card(card_id=before.target_id, **terms.opening)
        # Nothing can be earned or spent on a card that is blocked or over; its balance can change.
        history = body.history if could_be_used(body, before) and _fits(body, at) else ()
        self._repeat(before.target_id, history)
        moved = sum((move.points for move in history), Decimal(0))
        rest = body.points - Decimal(before.held["points"]) - moved
        changes = int(before.held.get("changes", 0))
        if rest:
            changes += 1
            key = f"{self._origin}:card:{one.key}:change:{changes}"
            self._adjust(before.target_id, rest, "change", key, at)
        if terms.closing:
            change_card(card_id=before.target_id, **terms.closing)
        held = _held(one, before) | {"changes": changes}
        return Loaded(before.ref, before.target_id, False, held, one.faults)

    def _open(self, one: Prepared, body: CardBody, at: datetime) -> Loaded:
        """Open the card with an opening balance before the moves that are known, if any are."""
        opened_at = min(body.opened_at or at, at)
        card = open_card(
            loyalty_program_id=body.loyalty_program_id,
            partner_id=body.partner_id,
            code=body.code,
            at=opened_at,
            expires_at=body.expires_at,
        )
        history = _that_adds_up(body, at)
        opening = body.points - sum((move.points for move in history), Decimal(0))
        if opening:
            before_all = min([at, *(move.at - timedelta(seconds=1) for move in history)])
            key = f"{self._origin}:card:{one.key}:opening"
            self._adjust(card.card_id, opening, "opening balance", key, before_all)
        self._repeat(card.card_id, history)
        return Loaded(card.code, card.card_id, True, _held(one), one.faults)

    def _repeat(self, card_id: int, history: Sequence[PastMove]) -> None:
        """Write moves of the past as they were: on their day, earned or redeemed."""
        for move in history:
            origin = f"{self._origin}: {move.description}"[:255]
            key = f"{self._origin}:history:{move.key}"
            if move.points > 0:
                earn_points(
                    card_id=card_id,
                    points=move.points,
                    origin=origin,
                    idempotency_key=key,
                    at=move.at,
                )
            elif move.points < 0:
                redeem_points(
                    card_id=card_id,
                    points=-move.points,
                    origin=origin,
                    idempotency_key=key,
                    at=move.at,
                )

    def _adjust(self, card_id: int, points: Decimal, why: str, key: str, at: datetime) -> None:
        adjust_points(
            card_id=card_id,
            points=points,
            reason=f"{self._origin}: {why}",
            idempotency_key=key,
            at=at,
        )


def _target(before: ImportedRow | None) -> int | None:
    return None if before is None else before.target_id


def _that_adds_up(body: CardBody, now: datetime) -> tuple[PastMove, ...]:
    """Return the moves, or none where they cannot be all that happened to the card.

    A balance that came before them is one more operation; one that would have been below zero
    at some time cannot be written, and then the balance of today is taken over alone.
    """
    balance = body.points - sum((move.points for move in body.history), Decimal(0))
    for move in (None, *body.history):
        balance += move.points if move is not None else 0
        if balance < 0:
            return ()
    return body.history if _fits(body, now) else ()


def _fits(body: CardBody, now: datetime) -> bool:
    """Tell whether all moves are of the past, and none came when the card was over."""
    until = body.expires_at
    return all(
        is_past(move.at, now) and (until is None or move.at < until) for move in body.history
    )


def _held(one: Prepared, before: ImportedRow | None = None) -> dict[str, Any]:
    body: CardBody | CouponBody = one.body
    return {
        "points": str(body.points),
        "kind": "card" if isinstance(body, CardBody) else "coupon",
        **held_terms(body, before),
        **one.about,
    }


def _terms(one: Prepared) -> tuple[int, int, Decimal, str]:
    body: CouponBody = one.body
    return body.program_id, body.partner_id or 0, body.points, str(body.expires_at)


def _refuse_other_code(code: str, before: ImportedRow) -> None:
    """Refuse a card whose code was changed: the old one is on plastic. Raises: RowContradicts."""
    if code.strip() != before.ref:
        raise RowContradicts(field="code", code_here=before.ref, code_there=code)
