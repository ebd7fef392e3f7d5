"""Loading programs with their kinds of points."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from msgspec import UNSET

from imports.loading.bodies import PointsBody, ProgramBody
from imports.loading.rows import Loaded, Prepared
from imports.models import ImportedRow
from loyalty.services.upsert_loyalty_program import upsert_loyalty_program
from promotions.coupons.batch import takes_coupons
from promotions.errors import ProgramNotPublished
from promotions.presets import PRESETS
from promotions.services.pause_program import pause_program
from promotions.services.publish_program import publish_program
from promotions.services.save_program import save_program


def load_program(one: Prepared, before: ImportedRow | None, at: datetime) -> Loaded:
    """Make or change the draft, and put it in force or take it out of force as it is there.

    A kind of points is made once: its terms are the shop's to set from then on.
    Raises: what save_program and publish_program raise.
    """
    body: ProgramBody = one.body
    known = before.target_id if before is not None else None
    held: dict[str, Any] = dict(before.held) if before is not None else {}
    if body.points is not None and "loyalty_program_id" not in held:
        held |= _make_points(body.points)
    saved = save_program(program_id=known, data=body.program, edited_by=None, at=at)
    if body.publish:
        publish_program(program_id=saved.program_id, published_by=None, at=at)
    elif known is not None:
        with suppress(ProgramNotPublished):
            pause_program(program_id=saved.program_id, at=at)
    held |= {"codes": _codes_of(body), "type": str(body.program.program_type)}
    return Loaded(saved.ref or "", saved.program_id, known is None, held, one.faults)


def _make_points(points: PointsBody) -> dict[str, Any]:
    saved = upsert_loyalty_program(
        ref=points.ref,
        name=points.name,
        unit=points.unit,
        point_decimals=points.decimals,
        earn_on=points.earn_on,
    )
    return {"loyalty_program_id": saved.loyalty_program_id, "decimals": points.decimals}


def _codes_of(body: ProgramBody) -> str:
    """Return what a code of the program is here: a card, a coupon, or nothing."""
    program = body.program
    if body.points is not None:
        return "card"
    assert program.program_type is not UNSET
    preset = PRESETS[program.program_type]
    trigger = preset.trigger if program.trigger is UNSET else program.trigger
    applies_on = preset.applies_on if program.applies_on is UNSET else program.applies_on
    return "coupon" if takes_coupons(program.program_type, trigger, applies_on) else ""
