"""Finding members, kinds of points and membership levels by reference or id."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Any

from django.db.models import Manager, Q

from loyalty.models import LoyaltyProgram, MembershipProduct, Partner
from loyalty.services.upsert_loyalty_program import upsert_loyalty_program


def find_loyalty_programs(refs: Collection[str], ids: Collection[int]) -> dict[str | int, int]:
    """Return ids by reference and by id, of those that exist."""
    return _find(LoyaltyProgram.objects, refs, ids)


def find_levels(refs: Collection[str], ids: Collection[int]) -> dict[str | int, int]:
    """Return ids of membership levels by reference and by id, of those that exist."""
    return _find(MembershipProduct.objects, refs, ids)


def find_partner(name: str | int) -> int | None:
    """Return the id of the member with this reference or id."""
    refs, ids = ([name], []) if isinstance(name, str) else ([], [name])
    return _find(Partner.objects, refs, ids).get(name)


def make_loyalty_program(*, ref: str | None, name: str, point_decimals: int = 2) -> int:
    """Return the id of the kind of points with this reference, made if it is not there."""
    if ref is None:
        ref = f"points-{secrets.token_hex(6)}"
    found = find_loyalty_programs([ref], [])
    return found.get(ref) or _made(ref, name, point_decimals)


def _made(ref: str, name: str, point_decimals: int) -> int:
    made = upsert_loyalty_program(ref=ref, name=name[:120], point_decimals=point_decimals)
    return made.loyalty_program_id


def _find(rows: Manager[Any], refs: Collection[str], ids: Collection[int]) -> dict[str | int, int]:
    found = rows.filter(Q(ref__in=refs) | Q(pk__in=ids)).values_list("ref", "pk")
    return {key: pk for ref, pk in found for key in (ref, pk)}
