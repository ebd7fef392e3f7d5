"""From a till's request to the engine's cart; pure, so that a till without a line reads alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from promotions.engine.cart import Cart, CartLine, Claim, PosFacts
from promotions.engine.definition import Program
from promotions.orders.errors import UnknownClaim, UnknownProduct
from promotions.orders.request import ClaimRequest, OrderRequest


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as a cart line needs it. `categories`: its category and all ancestors, by id."""

    id: int
    sku: str
    price: Decimal
    categories: frozenset[int]
    tags: frozenset[str]


def check_products(order: OrderRequest, products: Mapping[str, ProductRow]) -> None:
    """Refuse an order of goods that nobody knows. Raises: UnknownProduct."""
    missing = sorted({line.sku for line in order.lines} - products.keys())
    if missing:
        raise UnknownProduct(skus=missing)


def read_cart(
    order: OrderRequest,
    *,
    pos: PosFacts,
    products: Mapping[str, ProductRow],
    programs: Mapping[int, Program],
    program_ids_by_ref: Mapping[str, int],
    partner_id: int | None,
) -> Cart:
    """Return the cart that was sent; its products are known. Raises: UnknownClaim."""
    return Cart(
        pos=pos,
        lines=_lines(order, products),
        partner_id=partner_id,
        codes=order.codes,
        claims=tuple(_claim(claim, programs, program_ids_by_ref) for claim in order.claims),
    )


def _lines(order: OrderRequest, products: Mapping[str, ProductRow]) -> tuple[CartLine, ...]:
    lines = []
    for position, line in enumerate(order.lines, start=1):
        product = products[line.sku]
        lines.append(
            CartLine(
                line_id=line.line_id if line.line_id is not None else str(position),
                product_id=product.id,
                sku=product.sku,
                qty=line.qty,
                unit_price=product.price if line.unit_price is None else line.unit_price,
                categories=product.categories,
                tags=product.tags,
            )
        )
    return tuple(lines)


def _claim(
    claim: ClaimRequest, programs: Mapping[int, Program], ids_by_ref: Mapping[str, int]
) -> Claim:
    program_id = claim.program if isinstance(claim.program, int) else ids_by_ref.get(claim.program)
    program = programs.get(program_id) if program_id is not None else None
    reward = (
        next((one for one in program.rewards if one.id == claim.reward), None) if program else None
    )
    if program is None or reward is None:
        raise UnknownClaim(program=claim.program, reward=claim.reward)
    product_id = None
    if claim.product is not None:
        offered = reward.product.products if reward.product else ()
        product_id = next((one.id for one in offered if one.sku == claim.product), None)
        if product_id is None:
            raise UnknownClaim(program=claim.program, reward=claim.reward, product=claim.product)
    return Claim(
        program_id=program.id,
        reward_id=reward.id,
        points=claim.points,
        product_id=product_id,
        times=claim.times,
    )
