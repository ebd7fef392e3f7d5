"""Finding kinds of points and membership levels by reference or id."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from django.db.models import Q

from loyalty.models import LoyaltyProgram, MembershipProduct


def find_loyalty_programs(refs: Collection[str], ids: Collection[int]) -> dict[str | int, int]:
    """Return ids by reference and by id, of those that exist."""
    rows = LoyaltyProgram.objects.filter(Q(ref__in=refs) | Q(pk__in=ids)).values_list("ref", "pk")
    return {key: pk for ref, pk in rows for key in (ref, pk)}


def find_levels(refs: Collection[str], ids: Collection[int]) -> dict[str | int, int]:
    """Return ids of membership levels by reference and by id, of those that exist."""
    rows = MembershipProduct.objects.filter(Q(ref__in=refs) | Q(pk__in=ids))
    return {key: pk for ref, pk in rows.values_list("ref", "pk") for key in (ref, pk)}


def make_loyalty_program(*, ref: str | None, name: str) -> int:
    """Return the id of the loyalty program with this ref, made if it is not there."""
    row, _made = LoyaltyProgram.objects.get_or_create(
        ref=ref or f"program-{secrets.token_hex(6)}", defaults={"name": name[:120]}
    )
    return row.pk
