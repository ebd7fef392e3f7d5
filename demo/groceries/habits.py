"""What households do with the grocer's own programs: type codes, buy cards, come back, return.

The data says nothing of it, so it follows from the number of the basket: the same in every run.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime
from decimal import Decimal

import msgspec

from demo.groceries.offers import GIFT, PREFIX, PROMO_CODES, TOP_UP
from demo.groceries.source import GroceryBasket
from demo.groceries.stocking import HOUSEHOLD, household_ref
from demo.known import known_partners
from demo.programs import programs_in_force
from promotions.engine.terms import ProgramType
from promotions.orders.receipt import Receipt
from promotions.orders.request import ClaimRequest, LineRequest, OrderRequest
from promotions.services.cancel_order import cancel_order
from promotions.services.give_referral_code import give_referral_code
from promotions.services.return_order import return_order

_CODE_EVERY, _GIFT_EVERY, _TOP_UP_EVERY, _FRIEND_EVERY = 6, 60, 70, 5
_RETURN_EVERY, _CANCEL_EVERY = 40, 150
# Codes that a household keeps in mind.
_MOST_KEPT = 3


class Habits:
    """What the households of one process hold, and do at their next basket."""

    def __init__(self) -> None:
        """Find the households, and the e-wallet among the programs in force."""
        self._kept: dict[int, list[str]] = {}
        self._topped_up: set[int] = set()
        self._seen: set[int] = set()
        self._wallet: ClaimRequest | None = None
        refs = known_partners(HOUSEHOLD)
        self._households = sorted(int(ref.removeprefix(HOUSEHOLD)) for ref in refs)
        for program in programs_in_force().catalog.programs.values():
            own = (program.ref or "").startswith(PREFIX)
            if own and program.program_type is ProgramType.EWALLET:
                self._wallet = ClaimRequest(program=program.id, reward=program.rewards[0].id)

    def more_of(self, basket: GroceryBasket, order: OrderRequest, at: datetime) -> OrderRequest:
        """Return the order with the codes, claims and cards that the household adds."""
        codes = [*order.codes, *self._kept.pop(basket.household, ())]
        if basket.id % _CODE_EVERY == 0:
            codes.append(PROMO_CODES[basket.id // _CODE_EVERY % len(PROMO_CODES)])
        if basket.household not in self._seen and basket.household % _FRIEND_EVERY == 0:
            codes.append(self._friends_code(basket, at))
        self._seen.add(basket.household)
        claims = list(order.claims)
        if basket.household in self._topped_up and self._wallet is not None:
            claims.append(self._wallet)
        lines = list(order.lines)
        for every, sku in ((_GIFT_EVERY, GIFT), (_TOP_UP_EVERY, TOP_UP)):
            if basket.id % every == 0:
                lines.append(LineRequest(sku=sku, qty=Decimal(1 + basket.id // every % 2)))
        return msgspec.structs.replace(
            order,
            codes=tuple(dict.fromkeys(codes)),
            claims=tuple(claims),
            lines=tuple(lines),
        )

    def after(self, basket: GroceryBasket, receipt: Receipt, at: datetime) -> None:
        """Keep what the receipt gave; bring some baskets back, whole or in part."""
        codes = [one["code"] for one in receipt["coupons_issued"]]
        if codes:
            self._kept[basket.household] = codes[:_MOST_KEPT]
        if basket.id % _TOP_UP_EVERY == 0:
            self._topped_up.add(basket.household)
        if basket.id % _CANCEL_EVERY == 0:
            cancel_order(ref=receipt["ref"], at=at, user_id=None)
        elif basket.id % _RETURN_EVERY == 0:
            for line in receipt["lines"][:2]:
                back = [(line["line_id"], Decimal(line["qty"]))]
                return_order(ref=receipt["ref"], quantities=back, at=at, user_id=None)

    def _friends_code(self, basket: GroceryBasket, at: datetime) -> str:
        """Return the code of the household before this one in the book."""
        place = bisect_left(self._households, basket.household)
        neighbour = household_ref(self._households[place - 1])
        return give_referral_code(partner_ref=neighbour, at=at).code
