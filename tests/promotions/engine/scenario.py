"""A scenario file played on the pure engine: one store in memory, over several steps.

The settings of a shop that moves over from another engine are set from `depends_on`, as the
table in tests/scenarios/README.md says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from core.codes import normalise
from promotions.engine import evaluate
from promotions.engine.cart import Cart, CartLine, Claim, PosFacts
from promotions.engine.catalog import Catalog
from promotions.engine.decision import Decision
from promotions.engine.definition import (
    Discount,
    FreeProduct,
    ProductFilter,
    Program,
    Reward,
    RewardProduct,
    Rule,
    SetSlot,
    SpecialPrice,
    SpecialSet,
)
from promotions.engine.terms import (
    AppliesOn,
    AppliesTo,
    CodeStatus,
    DiscountMode,
    EarnOn,
    Placement,
    PointMode,
    ProgramType,
    RewardType,
    Rounding,
    Stacking,
    Trigger,
)
from promotions.engine.wallet import CardFacts, CouponFacts, UsageFacts, Wallet

ZERO = Decimal(0)
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


@dataclass
class Store:
    """One store with its stock of facts: products, programs, cards, coupons, uses."""

    scenario: Mapping[str, Any]
    programs: list[Program] = field(default_factory=list)
    keys: dict[int, str] = field(default_factory=dict)
    cards: dict[str, CardFacts] = field(default_factory=dict)
    coupons: dict[str, CouponFacts] = field(default_factory=dict)
    issued: dict[str, list[str]] = field(default_factory=dict)
    uses: dict[int, int] = field(default_factory=dict)
    commits: dict[int, Decision] = field(default_factory=dict)

    def __post_init__(self) -> None:
        scenario = self.scenario
        self.depends = set(scenario.get("depends_on") or ())
        self.products = {
            product["sku"]: (number, product)
            for number, product in enumerate(scenario["products"], 1)
        }
        names = sorted({product.get("category") or "" for product in scenario["products"]})
        self.categories = {name: number for number, name in enumerate(names, 1)}
        self.partners = {
            partner["key"]: number for number, partner in enumerate(scenario["partners"], 1)
        }
        levels = sorted({partner.get("membership") or "" for partner in scenario["partners"]})
        self.levels = {level: number for number, level in enumerate(levels, 1) if level}
        self.ids = {one["key"]: number for number, one in enumerate(scenario["programs"], 1)}
        for one in scenario["programs"]:
            if one["active"]:
                self.programs.append(self._program(one))
            self.keys[self.ids[one["key"]]] = one["key"]
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
                    expires_at=_end(one.get("date_to")),
                )

    def _card(self, code: str, program: Program, points: str, partner: str | None) -> CardFacts:
        assert program.loyalty_program_id is not None
        holders = frozenset({self.partners[partner]} if partner else ())
        made = CardFacts(
            len(self.cards) + 1, code, program.loyalty_program_id, Decimal(points), holders
        )
        self.cards[normalise(code)] = made
        return made

    def _program(self, one: Mapping[str, Any]) -> Program:
        program_id = self.ids[one["key"]]
        kind = ProgramType(one["program_type"])
        applies_on = AppliesOn(one["applies_on"])
        is_payment = kind in (ProgramType.GIFT_CARD, ProgramType.EWALLET)
        rewards = tuple(
            self._reward(program_id * 100 + number, reward)
            for number, reward in enumerate(one["rewards"])
        )
        rules = tuple(
            self._rule(program_id * 100 + number, made) for number, made in enumerate(one["rules"])
        )
        if "several_rewards_of_one_program" in self.depends:
            # There all rewards of a program are given; here each is paid for.
            needed = sum((reward.required_points for reward in rewards), ZERO)
            rules = tuple(replace(rule, reward_point_amount=needed) for rule in rules)
        note = (one.get("stacking_note") or "").lower()
        group = None
        if "best_promotion_only" in self.depends:
            group = "best"
        elif "program_priority" not in self.depends and not is_payment and _is_order_wide(rewards):
            group = "order"
        keeps_points = is_payment or applies_on is AppliesOn.BOTH
        exclusive = "exclusive_program" in self.depends and "exclusive" in note
        own = "own_reward_does_not_lower_points" in self.depends
        return Program(
            id=program_id,
            version_id=program_id,
            name=one["name"],
            program_type=kind,
            trigger=Trigger(one["trigger"]),
            applies_on=applies_on,
            is_payment=is_payment,
            loyalty_program_id=program_id if keeps_points else None,
            earn_on=EarnOn.BEFORE_OWN_REWARDS if own else EarnOn.PAID,
            date_from=_start(one["date_from"]),
            date_to=_end(one["date_to"]),
            sequence=program_id * 10 if "program_priority" in self.depends else None,
            stacking=Stacking.EXCLUSIVE if exclusive else Stacking.STACKABLE,
            exclusion_group=group,
            limit_usage=one["limit_usage"],
            rules=rules,
            rewards=rewards,
        )

    def _rule(self, rule_id: int, made: Mapping[str, Any]) -> Rule:
        return Rule(
            id=rule_id,
            minimum_amount=Decimal(made["minimum_amount"]),
            minimum_qty=Decimal(made["minimum_qty"]),
            filter=ProductFilter(
                frozenset(self.products[sku][0] for sku in made["product_skus"]),
                frozenset(self.categories[name] for name in made["categories"]),
                frozenset(made["tags"]),
            ),
            membership=self.levels[made["membership"]] if made["membership"] else None,
            reward_point_mode=PointMode(made["reward_point_mode"]),
            reward_point_amount=Decimal(made["reward_point_amount"]),
            code=made["code"],
        )

    def _reward(self, reward_id: int, made: Mapping[str, Any]) -> Reward:
        kind = RewardType(made["reward_type"])
        reward = Reward(reward_id, kind, Decimal(made["required_points"]))
        if kind is RewardType.DISCOUNT:
            size = made["discount"]
            return replace(
                reward,
                discount=Discount(
                    DiscountMode(size["mode"]),
                    Decimal(size["value"]),
                    AppliesTo(size["applies_to"]),
                    self._filter(size["product_skus"]),
                    Decimal(size["max_amount"]) if size["max_amount"] else None,
                ),
            )
        if kind is RewardType.PRODUCT:
            product_id, product = self.products[made["product"]["sku"]]
            extra = "free_unit_is_extra" in self.depends
            return replace(
                reward,
                product=FreeProduct(
                    (RewardProduct(product_id, product["sku"], Decimal(product["price"])),),
                    Decimal(made["product"]["qty"]),
                    Placement.EXTRA if extra else Placement.IN_CART,
                ),
            )
        special = made["special"]
        if kind is RewardType.SPECIAL_PRICE:
            most = Decimal(special["qty"]) if special.get("qty") else None
            return replace(
                reward,
                special_price=SpecialPrice(
                    Decimal(special["price"]), self._filter(special["product_skus"]), most
                ),
            )
        slot = SetSlot(Decimal(special["qty"]), self._filter(special["product_skus"]))
        return replace(reward, special_set=SpecialSet(Decimal(special["price"]), (slot,)))

    def _filter(self, skus: list[str]) -> ProductFilter:
        return ProductFilter(frozenset(self.products[sku][0] for sku in skus))

    def play(self, number: int) -> list[str]:
        """Play one step and return what differs from what is expected."""
        step = self.scenario["steps"][number]
        if step["do"] == "refund":
            self._refund(step)
            return self._compare_balances(step, {})
        decision = self._decide(step)
        differences = _compare(decision, step, self)
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
            claims=tuple(
                Claim(
                    self.ids[claim["program"]],
                    self.ids[claim["program"]] * 100 + claim["reward"],
                )
                for claim in step["claim"]
            ),
        )
        return evaluate(cart, self.catalog, self._wallet(step, partner), now)

    def _line(self, place: int, line: Mapping[str, Any]) -> CartLine:
        product_id, product = self.products[line["sku"]]
        category = self.categories.get(product.get("category") or "")
        return CartLine(
            line_id=str(place),
            product_id=product_id,
            sku=line["sku"],
            qty=Decimal(line["qty"]),
            unit_price=Decimal(product["price"]),
            categories=frozenset({category} if product.get("category") and category else ()),
            tags=frozenset(product.get("tags", ())),
        )

    def _code(self, code: str) -> str:
        if not code.startswith("$coupon:"):
            return code
        _, key, number = code.split(":")
        return self.issued[key][int(number)]

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


def _is_order_wide(rewards: tuple[Reward, ...]) -> bool:
    return any(
        reward.discount is not None
        and reward.discount.applies_to is AppliesTo.ORDER
        and reward.discount.mode is not DiscountMode.PER_POINT
        for reward in rewards
    )


def _start(day: str | None) -> datetime | None:
    return None if day is None else datetime.fromisoformat(day).replace(tzinfo=UTC)


def _end(day: str | None) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(datetime.fromisoformat(day).date(), time.max, tzinfo=UTC)


def _compare(decision: Decision, step: Mapping[str, Any], store: Store) -> list[str]:
    """Return what differs, for everything the step asserts about the decision."""
    expect = step["expect"]
    got: dict[str, Any] = {
        "total": decision.amount_due,
        "discount_total": decision.subtotal - decision.amount_due,
    }
    found = [
        f"{name}: expected {expect[name]}, got {got[name]}"
        for name in ("total", "discount_total")
        if name in expect and Decimal(expect[name]) != got[name]
    ]
    if "error" in expect and not decision.refused_claims:
        found.append("an error was expected")
    if "error" not in expect and decision.refused_claims:
        found.append(f"claims refused: {decision.refused_claims}")
    if "rejected_code" in expect and not any(
        fate.status is CodeStatus.REJECTED for fate in decision.codes
    ):
        found.append("a rejected code was expected")
    for name, fact in _facts(decision, store).items():
        actual = fact
        if name in ("points_spent", "points_earned"):
            actual = {key: fact.get(key, ZERO) for key in expect.get(name, ())}
        if name in expect and _plain(expect[name]) != actual:
            found.append(f"{name}: expected {_plain(expect[name])}, got {actual}")
    for key, coupons in expect.get("coupons_generated", {}).items():
        points = [
            one.points for one in decision.coupons_to_issue if store.keys[one.program_id] == key
        ]
        each = coupons.get("points_each")
        if len(points) != coupons["count"] or (each and any(p != Decimal(each) for p in points)):
            found.append(f"coupons of {key}: expected {coupons}, got {points}")
    return found


def _facts(decision: Decision, store: Store) -> dict[str, Any]:
    spent: dict[str, Decimal] = {}
    for reward in decision.rewards:
        key = store.keys[reward.program_id]
        spent[key] = spent.get(key, ZERO) + reward.points_cost
    for paid in decision.payments:
        key = store.keys[paid.program_id]
        spent[key] = spent.get(key, ZERO) + paid.points
    return {
        "applied_programs": {store.keys[one.program_id] for one in decision.rewards}
        | {store.keys[one.program_id] for one in decision.payments},
        "free_items": {one.sku: one.qty for one in decision.free_items},
        "points_spent": spent,
        "points_earned": {
            store.keys[one.program_id]: one.earned for one in decision.points if one.earned
        },
        "lines": [one.discount for one in decision.lines],
    }


def _plain(expected: Any) -> Any:
    """Bring an expectation into the form of a fact."""
    if isinstance(expected, dict):
        return {key: Decimal(value) for key, value in expected.items()}
    if expected and isinstance(expected[0], dict):
        if "discount" in expected[0]:
            return [Decimal(one["discount"]) for one in expected]
        return {one["sku"]: Decimal(one["qty"]) for one in expected}
    return set(expected) if expected else _Nothing()


class _Nothing:
    """Equals any empty collection."""

    def __eq__(self, other: object) -> bool:
        return not other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "nothing"
