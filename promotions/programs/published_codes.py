"""Codes of rules: in force, each belongs to one program alone, and to no coupon."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Q

from core import codes
from promotions.engine.definition import Program
from promotions.errors import CodeTaken
from promotions.models import Coupon, PublishedCode


def replace_codes(programs: Sequence[Program], *, at: datetime) -> None:
    """Put the codes of programs in force; their former ones must be gone.

    The caller holds the catalog counter's lock, so nobody else publishes a code meanwhile.
    Raises: CodeTaken, with the codes as they are spelled and the programs that hold them.
    """
    spelled: dict[str, str] = {}
    owners: dict[str, int] = {}
    for program in programs:
        for rule in program.rules:
            if rule.code is None:
                continue
            key = codes.normalise(rule.code)
            spelled[key] = rule.code
            if owners.setdefault(key, program.id) != program.id:
                raise CodeTaken(codes=[rule.code], programs=[owners[key]])
    if not owners:
        return
    taken = holders(owners, at=at)
    if taken:
        raise CodeTaken(
            codes=[spelled[key] for key in sorted(taken)], programs=sorted(set(taken.values()))
        )
    PublishedCode.objects.bulk_create(
        (PublishedCode(code_key=key, program_id=owner) for key, owner in owners.items()),
        batch_size=2_000,
    )


def holders(keys: Collection[str], *, at: datetime) -> dict[str, int]:
    """Return which of these normalised codes are in use, with the programs that hold them.

    In use: in force as a rule's code, or on a coupon that can still be spent.
    """
    in_force = PublishedCode.objects.filter(code_key__in=keys).order_by()
    spendable = Coupon.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gte=at),
        code_key__in=keys,
        points__gt=0,
        withdrawn_at__isnull=True,
    ).order_by()
    return dict(
        in_force.values_list("code_key", "program_id").union(
            spendable.values_list("code_key", "program_id"), all=True
        )
    )
