"""Returns of whole shops: sentence 8 of docs/engine.md, under both policies, without a database.

An order as the engine decides it is brought back in random steps; what commit stores of it is made
here from its Decision. tests/properties/test_returns_of_orders.py does it over services and tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from promotions.engine import evaluate
from promotions.engine.cart import Cart
from promotions.engine.catalog import Catalog
from promotions.engine.decision import Decision
from promotions.orders.returns import (
    LineState,
    Movement,
    ReturnPlan,
    plan_proportional,
    plan_reprice,
)
from promotions.orders.sold_value import keep_what_was_spent, share_refund_with_cards
from tests.properties.engine_shops import NOW, Shop
from tests.properties.engine_whole import whole_shops

ZERO = Decimal(0)
MOST_STEPS = 4
Lines = Mapping[str, LineState]


class Sale:
    """A decided order, and what returns did to it so far."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.digits = shop.cart.pos.digits
        self.payments = {one.id for one in shop.programs if one.is_payment}
        self.balance: dict[int, Decimal] = {}
        # A till's own adjustments are no goods, and have a way of their own.
        lines = tuple(one for one in shop.cart.lines if one.unit_price >= 0)
        self.cart = replace(shop.cart, lines=lines)
        self.catalog = Catalog.build(shop.programs, 1)
        self.decision = self.decide(self.cart)
        totals = {one.line_id: one.total for one in self.decision.lines}
        self.lines: Lines = {
            one.line_id: LineState(one.line_id, one.qty, totals[one.line_id], ZERO, ZERO, ZERO)
            for one in lines
        }
        self.movements = self._movements(totals)
        self.standing = {one.program_id: one.weights for one in self.movements}

    def decide(self, cart: Cart) -> Decision:
        return evaluate(cart, self.catalog, self.shop.wallet, NOW)

    def _movements(self, totals: Mapping[str, Decimal]) -> tuple[Movement, ...]:
        """Return what commit moves; `balance` is then what is on each card that sold value."""
        made: list[Movement] = []
        self._move_points(made)
        self._sell_gift_cards(made)
        sold = {key for one in made if one.held is not None for key in (*one.weights, one.line_id)}
        goods = {key: max(total, ZERO) for key, total in totals.items() if key not in sold}
        for paid in self.decision.payments:
            where = (paid.program_id, paid.card_id, paid.points)
            self._move(made, "spend", *where, weights=goods, paid=paid.amount)
        held = {card.id: card.balance for card in self.shop.wallet.cards}
        self.balance = {
            one.card_id: held.get(one.card_id, ZERO) for one in made if one.held is not None
        }
        for one in made:
            self._put(one, one.amount)
        return tuple(made)

    def _move(
        self, made: list[Movement], kind: str, program_id: int, card_id: int | None,
        amount: Decimal, **more: Any,
    ) -> None:  # fmt: skip
        digits = next(one.point_decimals for one in self.shop.programs if one.id == program_id)
        fields = {"weights": {}, **more}
        key, card_id = len(made), card_id or 0
        made.append(Movement(key, program_id, card_id, kind, amount, ZERO, ZERO, digits, **fields))

    def _move_points(self, made: list[Movement]) -> None:
        shares: dict[int, dict[str, Decimal]] = {}
        for reward in self.decision.rewards:
            taken = shares.setdefault(reward.program_id, {})
            for share in reward.shares:
                taken[share.line_id] = taken.get(share.line_id, ZERO) + share.amount
        for moved in self.decision.points:
            weights = {one.line_id: one.amount for one in moved.earned_by_line}
            held = ZERO if moved.program_id in self.payments else None
            where = (moved.program_id, moved.card_id)
            if moved.earned:
                self._move(made, "earn", *where, moved.earned, weights=weights, held=held)
            if moved.spent:
                of_program = shares.get(moved.program_id, {})
                self._move(made, "spend", *where, moved.spent, weights=of_program)

    def _sell_gift_cards(self, made: list[Movement]) -> None:
        for number, card in enumerate(self.decision.coupons_to_issue):
            if card.program_id in self.payments:
                line_id = card.line_ids[0] if card.line_ids else ""
                where = (card.program_id, 10_000 + number, card.points)
                self._move(made, "issue", *where, line_id=line_id, held=ZERO)

    def _put(self, one: Movement, points: Decimal) -> None:
        """Note points that a movement puts on its card, or takes off it."""
        if one.card_id in self.balance:
            self.balance[one.card_id] += -points if one.kind == "spend" else points

    def give_back(self, step: Mapping[str, Decimal], *, reprice: bool) -> ReturnPlan:
        """Plan the next step, and note what it does."""
        lines = {
            key: replace(one, returned=one.returned + step.get(key, ZERO))
            for key, one in self.lines.items()
        }
        self.movements = tuple(
            one if one.held is None else replace(one, held=self.balance[one.card_id])
            for one in self.movements
        )
        if reprice:
            plan = plan_reprice(
                lines, self.movements, self.standing, paid=self.decision.total, spent_before=ZERO,
                remaining=self._kept(lines), digits=self.digits,
            )  # fmt: skip
        else:
            plan = plan_proportional(lines, self.movements, self.standing, digits=self.digits)
        plan = keep_what_was_spent(plan, lines, self.movements, digits=self.digits)
        plan = share_refund_with_cards(plan, lines, self.movements, digits=self.digits)
        self.lines = {
            key: replace(
                one,
                returned_before=one.returned,
                refunded_before=one.refunded_before + plan.refunds.get(key, ZERO),
            )
            for key, one in lines.items()
        }
        self.movements = tuple(
            replace(
                one,
                due_before=plan.due[one.key],
                undone_before=one.undone_before + plan.undo[one.key],
            )
            for one in self.movements
        )
        for one in self.movements:
            self._put(one, -plan.undo[one.key])
        return plan

    def _kept(self, lines: Lines) -> Decision | None:
        kept = tuple(
            replace(one, qty=one.qty - lines[one.line_id].returned)
            for one in self.cart.lines
            if lines[one.line_id].returned < one.qty
        )
        return self.decide(replace(self.cart, lines=kept)) if kept else None

    def steps(self, dice: Random) -> list[dict[str, Decimal]]:
        """Bring everything back in one to four steps, whole units and weighed goods."""
        count = dice.randint(1, MOST_STEPS)
        steps: list[dict[str, Decimal]] = [{} for _ in range(count)]
        for key, one in self.lines.items():
            left = one.qty
            for step in steps[:-1]:
                back = Decimal(dice.randint(0, int(left)))
                if back:
                    step[key] = back
                    left -= back
            if left:
                steps[-1][key] = left
        return [step for step in steps if step]


def brought_back(shop: Shop, seed: int, *, reprice: bool) -> None:
    sale = Sale(shop)
    if not sale.lines:
        return
    for step in sale.steps(Random(seed)):
        plan = sale.give_back(step, reprice=reprice)
        refund = sum(plan.refunds.values(), ZERO)
        assert all(one >= 0 for one in (*plan.refunds.values(), *plan.undo.values()))
        assert plan.clawback >= 0
        assert 0 <= plan.to_cards <= refund
    # All is back: the money to the cent, every point and every card that was sold.
    assert sum((one.refunded_before for one in sale.lines.values()), ZERO) == sale.decision.total
    assert {one.key: one.undone_before for one in sale.movements} == {
        one.key: one.amount for one in sale.movements
    }


@given(whole_shops(claims=False) | whole_shops(), st.integers(0, 2**32))
def test_8_any_sequence_of_partial_returns_ends_as_one_full_return(shop: Shop, seed: int) -> None:
    brought_back(shop, seed, reprice=False)


@given(whole_shops(claims=False) | whole_shops(), st.integers(0, 2**32))
def test_8_so_it_does_where_what_is_kept_is_priced_anew(shop: Shop, seed: int) -> None:
    brought_back(shop, seed, reprice=True)
