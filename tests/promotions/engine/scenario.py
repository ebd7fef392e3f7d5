"""A scenario file played on the pure engine: one store in memory, over several steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from core.codes import normalise
from promotions.engine import evaluate
from promotions.engine.cart import Cart, CartLine, Claim, PosFacts
from promotions.engine.catalog import Catalog
from promotions.engine.decision import Decision
from promotions.engine.definition import (
    Program,
)
from promotions.engine.terms import (
    AppliesOn,
    Rounding,
)
from promotions.engine.wallet import CardFacts, CouponFacts, UsageFacts, Wallet
from tests.promotions.engine.scenario_checks import compare
from tests.promotions.engine.scenario_names import ZERO, Names, end_of, lineage

TODAY = datetime(2026, 3, 2, 12, tzinfo=UTC)

# What peers decide otherwise on purpose; the reasons are in docs/engine.md.
BY_CHOICE = {
    "codes_in_entry_sequence",
    "order_discount_not_shared_into_category_points",
    "minimum_after_code_discounts",
    "minimum_after_automatic_discounts",
    "round_per_line",
    "last_line_takes_rest",
    "shared_fixed_taken_where_no_other_discount",
    "rewards_of_one_program_on_list_price",
}


class Store(Names):
    """One store with its stock of facts: products, programs, cards, coupons, uses."""

    def __init__(self, scenario: Mapping[str, Any]) -> None:
        super().__init__(scenario)
        self.cards: dict[str, CardFacts] = {}
        self.coupons: dict[str, CouponFacts] = {}
        self.issued: dict[str, list[str]] = {}
        self.uses: dict[int, int] = {}
        self.commits: dict[int, Decision] = {}
        self.catalog = Catalog.build(self.programs, 1)
        self._hand_out()

    def _hand_out(self) -> None:
        """Give out the cards and coupons that exist at the start."""
        loyalty = [one for one in self.programs if one.applies_on is AppliesOn.BOTH]
        for partner in self.scenario["partners"]:
            if partner.get("card_points") is not None and loyalty:
                self._card(
                    f"card {partner['key']}", loyalty[0], partner["card_points"], partner["key"]
                )
        for one in self.scenario["coupons"]:
            program = next(
                program for program in self.programs if self.keys[program.id] == one["program"]
            )
            if program.is_payment:
                self._card(one["code"], program, one["points"], one["partner"])
            else:
                self.coupons[normalise(one["code"])] = CouponFacts(
                    id=len(self.coupons) + 1,
                    code=one["code"],
                    program_id=program.id,
                    points=Decimal(one["points"]),
                    partner_id=self.partners[one["partner"]] if one["partner"] else None,
                    expires_at=end_of(one.get("date_to")),
                )

    def _card(self, code: str, program: Program, points: str, partner: str | None) -> CardFacts:
        assert program.loyalty_program_id is not None
        holders = frozenset({self.partners[partner]} if partner else ())
        made = CardFacts(
            len(self.cards) + 1, code, program.loyalty_program_id, Decimal(points), holders
        )
        self.cards[normalise(code)] = made
        return made

    def play(self, number: int) -> list[str]:
        """Play one step and return what differs from what is expected."""
        step = self.scenario["steps"][number]
        if step["do"] == "refund":
            self._refund(step)
            return self._compare_balances(step, {})
        decision = self._decide(step)
        differences = compare(decision, step, self.keys)
        if step["do"] == "commit" and "error" not in step["expect"]:
            self._commit(number, decision, step)
        return differences + self._compare_balances(step, decision)

    def _decide(self, step: Mapping[str, Any]) -> Decision:
        partner = self.partners[step["partner"]] if step["partner"] else None
        at = step.get("at")
        now = datetime.fromisoformat(at).replace(tzinfo=UTC) if at else TODAY
        rounding = Rounding.DOWN if "round_discount_down" in self.depends else Rounding.HALF_UP
        digits = self.scenario["currency_decimals"]
        cart = Cart(
            pos=PosFacts(1, "main", "USD", digits, discount_rounding=rounding),
            lines=tuple(self._line(place, line) for place, line in enumerate(step["lines"])),
            partner_id=partner,
            codes=tuple(self._code(code) for code in step["codes"]),
            claims=self._claims(step),
        )
        return evaluate(cart, self.catalog, self._wallet(step, partner), now)

    def _line(self, place: int, line: Mapping[str, Any]) -> CartLine:
        product_id, product = self.products[line["sku"]]
        return CartLine(
            line_id=str(place),
            product_id=product_id,
            sku=line["sku"],
            qty=Decimal(line["qty"]),
            unit_price=Decimal(product["price"]),
            categories=frozenset(self.categories[path] for path in lineage(product)),
            tags=frozenset(product.get("tags", ())),
        )

    def _code(self, code: str) -> str:
        if not code.startswith("$coupon:"):
            return code
        _, key, number = code.split(":")
        return self.issued[key][int(number)]

    def _claims(self, step: Mapping[str, Any]) -> tuple[Claim, ...]:
        counted = Counter((claim["program"], claim["reward"]) for claim in step["claim"])
        return tuple(
            Claim(self.ids[key], self.ids[key] * 100 + place, times=times)
            for (key, place), times in counted.items()
        )

    def _wallet(self, step: Mapping[str, Any], partner: int | None) -> Wallet:
        level = None
        for one in self.scenario["partners"]:
            if one["key"] == step["partner"]:
                level = self.levels.get(one.get("membership") or "")
        return Wallet(
            membership_id=level,
            cards=tuple(card for card in self.cards.values() if partner in card.partner_ids),
            cards_by_code=self.cards,
            coupons=self.coupons,
            usage={one: UsageFacts(times=times) for one, times in self.uses.items()},
        )

    def _commit(self, number: int, decision: Decision, step: Mapping[str, Any]) -> None:
        self.commits[number] = decision
        for move in decision.points:
            self._move(move.card_id, move.program_id, move.earned - move.spent, step["partner"])
        for paid in decision.payments:
            self._move(paid.card_id, paid.program_id, -paid.points, step["partner"])
        for reward in decision.rewards:
            for key, coupon in self.coupons.items():
                if coupon.id == reward.coupon_id:
                    left = coupon.points - reward.points_cost
                    self.coupons[key] = replace(coupon, points=left)
        used = {one.program_id for one in decision.rewards}
        for program_id in used | {one.program_id for one in decision.payments}:
            self.uses[program_id] = self.uses.get(program_id, 0) + 1
        for made in decision.coupons_to_issue:
            self._issue(made.program_id, made.points, made.partner_id)

    def _issue(self, program_id: int, points: Decimal, partner_id: int | None) -> None:
        codes = self.issued.setdefault(self.keys[program_id], [])
        code = f"ISSUED {self.keys[program_id]} {len(codes)}"
        codes.append(code)
        program = self.catalog.programs[program_id]
        if program.is_payment:
            self._card(code, program, str(points), None)
        else:
            self.coupons[normalise(code)] = CouponFacts(
                len(self.coupons) + 1, code, program_id, points, partner_id
            )

    def _move(
        self, card_id: int | None, program_id: int, points: Decimal, partner: str | None
    ) -> None:
        if card_id is None:
            program = self.catalog.programs[program_id]
            card_id = self._card(f"card {partner} {program_id}", program, "0", partner).id
        for key, card in self.cards.items():
            if card.id == card_id:
                self.cards[key] = replace(card, balance=card.balance + points)

    def _refund(self, step: Mapping[str, Any]) -> None:
        """Take back the share of the points that the returned units stand for."""
        sale = self.commits[step["of_step"]]
        sold = self.scenario["steps"][step["of_step"]]["lines"]
        back = {
            str(place): Decimal(line["qty"]) / Decimal(sold[place]["qty"])
            for place, line in enumerate(step["lines"])
        }
        for move in sale.points:
            lost = sum(
                share.amount * back.get(share.line_id, ZERO) for share in move.earned_by_line
            )
            self._move(move.card_id, move.program_id, -Decimal(lost), step["partner"])

    def _compare_balances(self, step: Mapping[str, Any], decision: Any) -> list[str]:
        found = []
        for key, expected in step["expect"].get("balance", {}).items():
            balance = self._balance(key, step)
            if balance != Decimal(expected):
                found.append(f"balance of {key}: expected {expected}, got {balance}")
        return found

    def _balance(self, key: str, step: Mapping[str, Any]) -> Decimal | None:
        program_id = self.ids[key]
        entered = [normalise(self._code(code)) for code in step["codes"]]
        for code in entered:
            if code in self.coupons and self.coupons[code].program_id == program_id:
                return self.coupons[code].points
            if code in self.cards and self.cards[code].loyalty_program_id == program_id:
                return self.cards[code].balance
        holder = self.partners.get(step["partner"] or "")
        for card in self.cards.values():
            if card.loyalty_program_id == program_id and holder in card.partner_ids:
                return card.balance
        return None
