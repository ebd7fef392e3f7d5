"""Loading members."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from imports.loading.bodies import PartnerBody
from imports.loading.rows import Fault, Loaded, Prepared
from imports.models import ImportedRow
from loyalty.errors import InvalidText
from loyalty.services.upsert_partner import upsert_partner


def load_partner(one: Prepared, before: ImportedRow | None, at: datetime) -> Loaded:
    """Make or change a member; an email address that is none is left out, not the member.

    Raises: InvalidText, MembershipProductNotFound.
    """
    body: PartnerBody = one.body
    faults = one.faults
    try:
        saved = _save(body, at)
    except InvalidText as error:
        if error.facts.get("field") != "email":
            raise
        fault = Fault("email", "email_left_out", {"email": body.email[:80]}, mended=True)
        saved, faults = _save(replace(body, email=""), at), (*faults, fault)
    return Loaded(saved[0], saved[1], saved[2], faults=faults)


def _save(body: PartnerBody, at: datetime) -> tuple[str, int, bool]:
    saved = upsert_partner(
        ref=body.ref,
        name=body.name,
        email=body.email,
        phone=body.phone,
        membership=body.membership,
        at=at,
    )
    return saved.ref, saved.partner_id, saved.created
