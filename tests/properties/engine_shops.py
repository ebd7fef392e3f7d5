"""Random carts, programs and wallets for the engine's properties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st

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
from promotions.engine.wallet import CardFacts, CouponFacts, Wallet
from tests.properties.engine_programs import (
    LOYALTY,
    PRICE_LISTS,
    PRODUCTS,
    WALLET,
    WALLET_PROGRAM,
    behind_code,
    cents,
    loyalty_programs,
    on_coupon,
    promotions,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PARTNER = 7


@dataclass(frozen=True)
class Shop:
    """Everything one decision is made of."""

    cart: Cart
    programs: tuple[Program, ...]
    wallet: Wallet

    def decide(self, *, explain: bool = False) -> Decision:
        return decide(self.cart, self.programs, self.wallet, explain=explain)


def decide(
    cart: Cart, programs: Iterable[Program], wallet: Wallet, *, explain: bool = False
) -> Decision:
    return evaluate(cart, Catalog.build(programs, 1), wallet, NOW, explain=explain)


@st.composite
def carts(
    draw: st.DrawFn, prices: list[Decimal], *, weighed: bool = False, adjusted: bool = False
) -> Cart:
    count = draw(st.integers(1, 6))
    lines = []
    for number in range(count):
        product = draw(st.sampled_from(PRODUCTS))
        qty = Decimal(draw(st.integers(1, 5)))
        if weighed:
            qty += Decimal(draw(st.integers(0, 999))) / 1000
        lines.append(
            CartLine(
                f"line {number}",
                product,
                f"P{product}",
                qty,
                prices[product - 1],
                frozenset({product % 2}),
                frozenset("ab"[product % 2]),
            )
        )
    if adjusted and draw(st.booleans()):
        lines.append(CartLine("till", 99, "TILL", Decimal(1), -draw(cents(1, 2000))))
    rounding = draw(st.sampled_from(list(Rounding)))
    return Cart(pos=PosFacts(1, "main", "USD", 2, discount_rounding=rounding), lines=tuple(lines))


@st.composite
def plain_shops(draw: st.DrawFn, most: int = 5, *, money: bool = False) -> Shop:
    """A cart and automatic programs."""
    prices = draw(PRICE_LISTS)
    programs = tuple(
        draw(promotions(prices, number + 1, money=money))
        for number in range(draw(st.integers(1, most)))
    )
    return Shop(draw(carts(prices)), programs, Wallet())


@st.composite
def shops(draw: st.DrawFn) -> Shop:
    """Everything: codes, coupons, a member with points and an e-wallet, claims, adjustments."""
    prices = draw(PRICE_LISTS)
    programs: list[Program] = []
    codes: list[str] = []
    coupons: dict[str, CouponFacts] = {}
    for number in range(1, draw(st.integers(1, 6)) + 1):
        program = draw(promotions(prices, number, money=True))
        kind = draw(st.sampled_from(["auto", "auto", "code", "coupon", "later"]))
        if kind == "code":
            program = behind_code(program)
            codes.append(f"code {number}")
        elif kind == "coupon":
            program = on_coupon(program)
            points = Decimal(draw(st.integers(0, 3)))
            coupons[f"COUPON{number}"] = CouponFacts(number, f"COUPON{number}", number, points)
            codes.append(f"Coupon-{number}")
        elif kind == "later":
            program = replace(program, applies_on=AppliesOn.FUTURE)
        programs.append(program)
    programs += [draw(loyalty_programs(prices, 80)), WALLET_PROGRAM]
    if draw(st.booleans()):
        codes.append("nonsense")
    claims = draw(
        st.lists(
            st.one_of(
                st.builds(
                    Claim,
                    st.just(80),
                    st.integers(1, 3),
                    st.one_of(st.none(), st.integers(1, 30).map(Decimal)),
                ),
                st.just(Claim(90, 1)),
                st.just(Claim(90, 1, points=Decimal(3))),
            ),
            max_size=3,
        )
    )
    cart = replace(
        draw(carts(prices, weighed=draw(st.booleans()), adjusted=True)),
        partner_id=draw(st.sampled_from([PARTNER, PARTNER, None])),
        codes=tuple(codes),
        claims=tuple(claims),
    )
    wallet = Wallet(
        cards=(
            CardFacts(1, "C1", LOYALTY, Decimal(draw(st.integers(0, 60))), frozenset({PARTNER})),
            CardFacts(2, "C2", WALLET, Decimal(draw(st.integers(0, 30))), frozenset({PARTNER})),
        )
        if cart.partner_id
        else (),
        coupons=coupons,
    )
    return Shop(cart, tuple(programs), wallet)
