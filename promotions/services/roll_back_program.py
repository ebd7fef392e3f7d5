"""Going back to an earlier version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from core import codec
from core.db import lock_rows
from loyalty.models import LoyaltyProgram, MembershipProduct
from promotions.engine.definition import Program
from promotions.errors import (
    ProgramArchived,
    ProgramNotFound,
    VersionNotFound,
    VersionNotRestorable,
)
from promotions.models import Category, PosConfig, Product, ProgramVersion, PromotionProgram
from promotions.presets import default_group
from promotions.programs import rows
from promotions.programs.history import note_change
from promotions.programs.mentions import mentioned
from promotions.programs.review import take_back_from_review
from promotions.services.publish_program import publish_program


@dataclass(frozen=True, slots=True)
class ProgramRolledBack:
    """The draft is what version `number` was. `published`: the version made of it, if asked."""

    program_id: int
    number: int
    state: str
    published: int | None


def roll_back_program(
    *, program_id: int, number: int, publish: bool, rolled_back_by: int | None, at: datetime
) -> ProgramRolledBack:
    """Make an earlier version the draft again and, with `publish`, put it in force as a new one.

    The reference stays as it is now. Rules and rewards that are gone get new ids.
    Raises: ProgramNotFound, ProgramArchived, VersionNotFound, VersionNotRestorable, and what
    publish_program raises.
    Writes: promotionprogram, rules, rewards, history, and what publish_program writes.
    Safe under: concurrency, by the program's row lock; all or nothing.
    """
    with transaction.atomic():
        locked = lock_rows(PromotionProgram.objects.filter(pk=program_id))
        if not locked:
            raise ProgramNotFound(program=program_id)
        row = locked[0]
        if row.state == "archived":
            raise ProgramArchived(program=program_id, ref=row.ref)
        version = ProgramVersion.objects.filter(program_id=program_id, number=number).first()
        if version is None:
            raise VersionNotFound(program=program_id, number=number)
        program = codec.decode(Program, version.definition)
        _refuse_gone(program, number)
        _write(row, _with_own_ids(row, program), rolled_back_by)
        note_change(program_id, "rolled_back", by=rolled_back_by, at=at, version_id=version.pk)
        if not publish:
            return ProgramRolledBack(program_id, number, row.state, None)
        done = publish_program(program_id=program_id, published_by=rolled_back_by, at=at)
    return ProgramRolledBack(program_id, number, done.state, done.number)


def _refuse_gone(program: Program, number: int) -> None:
    """Refuse a version that names what has been deleted since."""
    wanted = mentioned([program])
    given = {
        one.id for reward in program.rewards if reward.product for one in reward.product.products
    }
    kinds: Mapping[str, tuple[Any, set[int]]] = {
        "products": (Product, wanted.products | given),
        "categories": (Category, wanted.categories),
        "pos_configs": (PosConfig, wanted.pos_configs),
        "membership_products": (MembershipProduct, wanted.levels),
        "loyalty_programs": (LoyaltyProgram, wanted.loyalty_programs),
    }
    gone = {}
    for kind, (model, keys) in kinds.items():
        left = keys - set(model.objects.filter(pk__in=keys).values_list("pk", flat=True))
        if left:
            gone[kind] = sorted(left)
    if gone:
        raise VersionNotRestorable(program=program.id, number=number, missing=gone)


def _with_own_ids(row: PromotionProgram, program: Program) -> Program:
    """Return the program with 0 for the ids of rules and rewards that were deleted since."""
    rules = set(row.rules.values_list("pk", flat=True))
    rewards = set(row.rewards.values_list("pk", flat=True))
    return replace(
        program,
        ref=row.ref,
        rules=tuple(one if one.id in rules else replace(one, id=0) for one in program.rules),
        rewards=tuple(one if one.id in rewards else replace(one, id=0) for one in program.rewards),
    )


def _write(row: PromotionProgram, program: Program, by: int | None) -> None:
    """Make the rows what the program says."""
    rows.fill_program(row, program)
    row.order_group_cleared = program.exclusion_group is None and default_group(program) is not None
    row.active, row.edited_by_id = True, by
    take_back_from_review(row)
    row.save()
    rows.write_stores(row.pk, program.pos_configs, is_new=False)
    rows.write_rules(row.pk, program.rules, is_new=False)
    rows.write_rewards(row.pk, program.rewards, is_new=False)
