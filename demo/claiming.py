"""Members who redeem: a reward is claimed as soon as the card holds enough for it.

Baskets of the past say nothing of points, so the members of the demo do what most do: save up,
then take the reward. What a card holds is read once, then known from each receipt.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from demo.programs import program_in_force
from loyalty.queries import read_wallet
from promotions.orders.request import ClaimRequest


class Savings:
    """What the members of one process have on their cards of one loyalty program."""

    def __init__(self, *, program: str, points: str) -> None:
        """Watch a program and its points, by reference; its first reward is what is claimed."""
        found = program_in_force(program)
        self._points = points
        self._held: dict[str, Decimal] = {}
        self._loyalty_program_id = found.loyalty_program_id if found else None
        self._claim: ClaimRequest | None = None
        self._costs = Decimal(0)
        if found is not None and found.rewards:
            self._claim = ClaimRequest(program=found.id, reward=found.rewards[0].id)
            self._costs = found.rewards[0].required_points

    def claims(self, partner: str, at: datetime) -> tuple[ClaimRequest, ...]:
        """Return the claim of a member who has saved enough, or none."""
        if self._claim is None:
            return ()
        if partner not in self._held:
            wallet = read_wallet(partner_ref=partner, code_keys=(), at=at)
            balances = [
                card.balance
                for card in wallet.cards
                if card.loyalty_program_id == self._loyalty_program_id
            ]
            self._held[partner] = sum(balances, Decimal(0))
        return (self._claim,) if self._held[partner] >= self._costs else ()

    def learn(self, partner: str, receipt: dict[str, Any]) -> None:
        """Remember what the receipt says is on the card now."""
        for moved in receipt["points"]:
            if moved["loyalty_program"] == self._points:
                self._held[partner] = Decimal(moved["balance_after"])
