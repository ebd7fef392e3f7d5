"""Parts of a gift card, which nobody can sell: a card is one unit."""

from __future__ import annotations

from promotions.engine.cart import Cart
from promotions.engine.decision import Decision
from promotions.engine.terms import Reason
from promotions.orders.errors import GiftCardInParts


def refuse_parts_of_cards(cart: Cart, decision: Decision) -> None:
    """Refuse an order with part of a gift card in it. Raises: GiftCardInParts (facts lines)."""
    products = {
        product_id
        for hint in decision.hints
        if hint.reason is Reason.WHOLE_UNITS_ONLY
        for product_id in hint.product_ids
    }
    if products:
        parts = [one for one in cart.lines if one.product_id in products and one.qty % 1]
        raise GiftCardInParts(lines=[one.line_id for one in parts])
