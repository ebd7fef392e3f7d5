"""What a card or coupon is beside its points: whose, how long, and whether it can be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imports.loading.bodies import CardBody, CouponBody
from imports.models import ImportedRow


@dataclass(frozen=True, slots=True)
class Changes:
    """Fields that say something else there than they did, with what they say now.

    What was changed here alone is none of them, so it stays. `opening`: what lets more happen
    with the card, to be done before its moves are repeated; `closing`: the rest, after them.
    """

    opening: Mapping[str, Any]
    closing: Mapping[str, Any]


def held_terms(body: CardBody | CouponBody, before: ImportedRow | None) -> dict[str, Any]:
    """Return the terms as a row keeps them; what was not told this time stays as it was."""
    told: dict[str, Any] = {
        "partner": body.partner_id,
        "active": body.active,
        "expires_at": body.expires_at.isoformat() if body.expires_at else None,
    }
    was = {} if before is None else before.held
    return told | {name: was[name] for name in body.untold if name in was}


def changes_of(body: CardBody | CouponBody, before: ImportedRow) -> Changes:
    """Return what changed there since the row was loaded; what it does not tell is left."""
    was: dict[str, Any] = {"active": True, "partner": None, "expires_at": None, **before.held}
    until = datetime.fromisoformat(was["expires_at"]) if was["expires_at"] else None
    opening, closing = dict[str, Any](), dict[str, Any]()
    if body.partner_id != was["partner"] and "partner" not in body.untold:
        opening["partner_id"] = body.partner_id
    if body.active != was["active"]:
        (opening if body.active else closing)["active"] = body.active
    if body.expires_at != until and "expires_at" not in body.untold:
        longer = body.expires_at is None or (until is not None and body.expires_at > until)
        (opening if longer else closing)["expires_at"] = body.expires_at
    return Changes(opening, closing)


def could_be_used(body: CardBody, before: ImportedRow) -> bool:
    """Tell whether the card could be used at some time since it was loaded."""
    return body.active or bool(before.held.get("active", True))
