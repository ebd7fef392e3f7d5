"""Short words for making programs, carts and catalogs in tests of the engine."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

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
)
from promotions.engine.terms import (
    AppliesOn,
    AppliesTo,
    DiscountMode,
    Placement,
    PointMode,
    ProgramType,
    RewardType,
    Trigger,
)
from promotions.engine.wallet import EMPTY_WALLET, CardFacts, Wallet

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
POS = PosFacts(id=1, ref="main", currency="USD", digits=2)
MEMBER = 5
_ids = itertools.count(10_000)  # beyond the ids that tests choose


def line(
    product: int, qty: str | int = 1, price: str | int = 10, line_id: str | None = None, **more: Any
) -> CartLine:
    return CartLine(
        line_id=line_id or f"{product}@{price}",
        product_id=product,
        sku=f"P{product}",
        qty=Decimal(qty),
        unit_price=Decimal(price),
        categories=frozenset(more.pop("categories", ())),
        tags=frozenset(more.pop("tags", ())),
    )


def cart(*lines: CartLine, **more: Any) -> Cart:
    return Cart(pos=more.pop("pos", POS), lines=lines, **more)


def only(*products: int) -> ProductFilter:
    return ProductFilter(products=frozenset(products))


def rule(**fields: Any) -> Rule:
    for name in ("minimum_amount", "minimum_qty", "reward_point_amount"):
        if name in fields:
            fields[name] = Decimal(fields[name])
    products: Sequence[int] = fields.pop("products", ())
    if products:
        fields["filter"] = only(*products)
    return Rule(id=next(_ids), **fields)


def per_unit(amount: str | int = 1, **fields: Any) -> Rule:
    return rule(reward_point_mode=PointMode.UNIT, reward_point_amount=amount, **fields)


def per_money(amount: str | int = 1, **fields: Any) -> Rule:
    return rule(reward_point_mode=PointMode.MONEY, reward_point_amount=amount, **fields)


def discount(
    mode: DiscountMode,
    value: str | int,
    applies_to: AppliesTo = AppliesTo.ORDER,
    *,
    products: Sequence[int] = (),
    max_amount: str | None = None,
    required: str | int = 1,
) -> Reward:
    return Reward(
        id=next(_ids),
        reward_type=RewardType.DISCOUNT,
        required_points=Decimal(required),
        discount=Discount(
            mode=mode,
            value=Decimal(value),
            applies_to=applies_to,
            filter=only(*products),
            max_amount=None if max_amount is None else Decimal(max_amount),
        ),
    )


def percent(value: str | int, *products: int, **more: Any) -> Reward:
    applies_to = AppliesTo.SPECIFIC if products else AppliesTo.ORDER
    return discount(DiscountMode.PERCENT, value, applies_to, products=products, **more)


def fixed(value: str | int, *products: int, **more: Any) -> Reward:
    applies_to = AppliesTo.SPECIFIC if products else AppliesTo.ORDER
    return discount(DiscountMode.FIXED, value, applies_to, products=products, **more)


def per_point(value: str | int, *products: int, **more: Any) -> Reward:
    applies_to = AppliesTo.SPECIFIC if products else AppliesTo.ORDER
    return discount(DiscountMode.PER_POINT, value, applies_to, products=products, **more)


def cheapest(value: str | int, *products: int, **more: Any) -> Reward:
    return discount(DiscountMode.PERCENT, value, AppliesTo.CHEAPEST, products=products, **more)


def free(
    *products: int,
    qty: str | int = 1,
    required: str | int = 1,
    price: str | int = 10,
    placement: Placement = Placement.IN_CART,
) -> Reward:
    return Reward(
        id=next(_ids),
        reward_type=RewardType.PRODUCT,
        required_points=Decimal(required),
        product=FreeProduct(
            products=tuple(RewardProduct(one, f"P{one}", Decimal(price)) for one in products),
            qty=Decimal(qty),
            placement=placement,
        ),
    )


def program(
    rewards: Reward | Iterable[Reward], rules: Rule | Iterable[Rule] | None = None, **fields: Any
) -> Program:
    rewards = (rewards,) if isinstance(rewards, Reward) else tuple(rewards)
    if rules is None:
        rules = (rule(),)
    elif isinstance(rules, Rule):
        rules = (rules,)
    program_id = fields.pop("id", None) or next(_ids)
    named: dict[str, Any] = {
        "name": f"program {program_id}",
        "version_id": program_id * 10,
        "program_type": ProgramType.PROMOTION,
        "trigger": Trigger.AUTO,
        "applies_on": AppliesOn.CURRENT,
    }
    return Program(id=program_id, rewards=rewards, rules=tuple(rules), **(named | fields))


def code_program(rewards: Reward | Iterable[Reward], code: str, **fields: Any) -> Program:
    made = rule(code=code, **fields.pop("rule", {}))
    return program(
        rewards, made, program_type=ProgramType.PROMO_CODE, trigger=Trigger.WITH_CODE, **fields
    )


def coupon_program(
    rewards: Reward | Iterable[Reward], rules: Rule | Iterable[Rule] = (), **fields: Any
) -> Program:
    return program(
        rewards, rules, program_type=ProgramType.COUPONS, trigger=Trigger.WITH_CODE, **fields
    )


def loyalty(
    rewards: Reward | Iterable[Reward], rules: Rule | Iterable[Rule] | None = None, **fields: Any
) -> Program:
    named = {
        "program_type": ProgramType.LOYALTY,
        "applies_on": AppliesOn.BOTH,
        "loyalty_program_id": 1,
    }
    return program(rewards, per_money() if rules is None else rules, **(named | fields))


def ewallet() -> Program:
    return program(
        per_point(1), (), id=9, program_type=ProgramType.EWALLET, is_payment=True,
        applies_on=AppliesOn.FUTURE, loyalty_program_id=9,
    )  # fmt: skip


def decide(
    the_cart: Cart,
    programs: Program | Iterable[Program],
    wallet: Wallet = EMPTY_WALLET,
    now: datetime = NOON,
    *,
    explain: bool = False,
) -> Decision:
    programs = (programs,) if isinstance(programs, Program) else programs
    return evaluate(the_cart, Catalog.build(programs, 1), wallet, now, explain=explain)


def card(balance: str | int, kind: int = 1, card_id: int = 1, **fields: Any) -> CardFacts:
    holders = frozenset({MEMBER})
    return CardFacts(card_id, f"C{card_id}", kind, Decimal(balance), holders, **fields)


def member(*lines: CartLine, **more: Any) -> Cart:
    return cart(*lines, partner_id=MEMBER, **more)


def claim(offer: Program, place: int = 0, **more: Any) -> Claim:
    return Claim(offer.id, offer.rewards[place].id, **more)


def balance(decision: Decision) -> tuple[str, str, str]:
    (moved,) = decision.points
    return str(moved.earned), str(moved.spent), str(moved.balance_after)
