"""References of one run, which collide with nothing the shop has."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Names:
    """References made of the scenario's keys and a tag that is new for every run.

    SKUs, categories and codes stay as they are written: they are what is scanned and typed.
    """

    tag: str = field(default_factory=lambda: secrets.token_hex(4))

    def pos_config(self, ref: str | int = "main") -> str:
        """Return the reference of a point of sale."""
        return f"scn-{self.tag}-{ref}"

    def partner(self, key: str) -> str:
        """Return the reference of a member."""
        return f"scn-{self.tag}-{key}"

    def stranger(self, place: int) -> str:
        """Return the reference of the owner of an e-wallet that names none."""
        return f"scn-{self.tag}-owner-{place}"

    def program(self, key: str) -> str:
        """Return the reference of a program."""
        return f"scn-{self.tag}-{key}"

    def loyalty_program(self, key: str) -> str:
        """Return the reference of the points that a program moves."""
        return f"scn-{self.tag}-{key}"

    def membership(self, name: str) -> str:
        """Return the reference of a membership level."""
        return f"scn-{self.tag}-{name}"

    def card(self, place: int) -> str:
        """Return the code of the card of the member listed at this place."""
        return f"scn-{self.tag}-card-{place}"

    def order(self, step: int) -> str:
        """Return the reference of the order that a step commits."""
        return f"scn-{self.tag}-{step}"
