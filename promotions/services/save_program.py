"""Making a program, or changing its draft."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from msgspec import UNSET, UnsetType

from core.db import lock_rows, refused_as
from core.sentences import sentence as _
from promotions.definitions import read_definitions
from promotions.engine.definition import Program
from promotions.engine.terms import ProgramType
from promotions.errors import InvalidProgram, ProgramArchived, ProgramNotFound, ProgramRefTaken
from promotions.models import PromotionProgram
from promotions.presets import default_group
from promotions.programs import rows
from promotions.programs.body import ProgramInput
from promotions.programs.checks import contradictions
from promotions.programs.currencies import currency_faults, money_decimals
from promotions.programs.drafting import draft
from promotions.programs.faults import Fault, as_errors
from promotions.programs.history import note_change
from promotions.programs.loyalty_lookups import make_loyalty_program
from promotions.programs.references import look_up
from promotions.programs.review import take_back_from_review

_KEEPS_POINTS = (ProgramType.LOYALTY, ProgramType.GIFT_CARD, ProgramType.EWALLET)


@dataclass(frozen=True, slots=True)
class ProgramSaved:
    """The draft as stored. `rule_ids`, `reward_ids`: in the order they were given."""

    program_id: int
    ref: str | None
    state: str
    rule_ids: tuple[int, ...]
    reward_ids: tuple[int, ...]


def save_program(
    *, program_id: int | None, data: ProgramInput, edited_by: int | None, at: datetime
) -> ProgramSaved:
    """Make a program (`program_id` None) or change the fields given of one's draft.

    Nothing changes at the tills until it is published. `edited_by`: id of the user.
    Raises: InvalidProgram with all faults, ProgramNotFound, ProgramArchived, ProgramRefTaken.
    Writes: promotionprogram, rules, rewards, history; a loyalty program, if it needs its own.
    Safe under: concurrency, edits of one program wait for each other (row lock).
    """
    with transaction.atomic():
        row, current = _read(program_id)
        _refuse_unnamed(current, data)
        found = look_up(data)
        program = draft(current, data, found)
        faults = [*found.faults, *contradictions(program), *currency_faults(program)]
        faults += _type_faults(row, current, program)
        if faults:
            raise InvalidProgram(errors=as_errors(faults))
        program = _with_points(program)
        is_new = row._state.adding
        before = (current, row.active, row.order_group_cleared)
        _fill(row, program, data, edited_by, at)
        changed = is_new or before != (program, row.active, row.order_group_cleared)
        if changed:
            take_back_from_review(row)
        with refused_as({"one_program_per_ref": lambda: ProgramRefTaken(ref=program.ref)}):
            row.save()
        saved = _write_parts(row, program, data, is_new=is_new)
        if changed:
            action = "created" if is_new else "edited"
            noted = _numbered(program, saved, group_cleared=row.order_group_cleared)
            note_change(row.pk, action, by=edited_by, at=at, draft=noted)
    return saved


def _read(program_id: int | None) -> tuple[PromotionProgram, Program | None]:
    """Return the locked row and its draft, or a new row."""
    if program_id is None:
        return PromotionProgram(), None
    locked = lock_rows(PromotionProgram.objects.filter(pk=program_id))
    if not locked:
        raise ProgramNotFound(program=program_id)
    row = locked[0]
    if row.state == "archived":
        raise ProgramArchived(program=program_id)
    current = read_definitions([program_id])[program_id]
    return row, replace(current, exclusion_group=row.exclusion_group)


def _refuse_unnamed(current: Program | None, data: ProgramInput) -> None:
    if current is not None:
        return
    missing = [name for name in ("name", "program_type") if getattr(data, name) is UNSET]
    if missing:
        detail = _("A new program needs this.")
        raise InvalidProgram(
            errors=as_errors(Fault(f"/{name}", "required", detail) for name in missing)
        )


def _type_faults(row: PromotionProgram, current: Program | None, program: Program) -> list[Fault]:
    """Refuse another type once customers hold codes of it or orders were decided by it."""
    if current is None or current.program_type is program.program_type:
        return []
    if not row.versions.exists() and not row.coupons.exists():
        return []
    detail = _("The program was published or has coupons; make a new one of the other type.")
    return [Fault("/program_type", "type_is_settled", detail)]


def _with_points(program: Program) -> Program:
    """Give a program that keeps points a loyalty program of its own, unless it names one."""
    if program.loyalty_program_id is not None or program.program_type not in _KEEPS_POINTS:
        return program
    decimals = 2
    if program.program_type is not ProgramType.LOYALTY:
        decimals = money_decimals(program)
    made = make_loyalty_program(ref=program.ref, name=program.name, point_decimals=decimals)
    return replace(program, loyalty_program_id=made)


def _fill(
    row: PromotionProgram,
    program: Program,
    data: ProgramInput,
    edited_by: int | None,
    at: datetime,
) -> None:
    if row._state.adding:
        row.created_at = at
    rows.fill_program(row, program)
    if not isinstance(data.exclusion_group, UnsetType):
        row.order_group_cleared = data.exclusion_group is None
    if not isinstance(data.active, UnsetType):
        row.active = data.active
    row.edited_by_id = edited_by


def _numbered(program: Program, saved: ProgramSaved, *, group_cleared: bool) -> Program:
    """Return the draft with the ids its parts have now, and with the group it will have."""
    group = program.exclusion_group
    if group is None and not group_cleared:
        group = default_group(program)
    return replace(
        program,
        exclusion_group=group,
        id=saved.program_id,
        rules=tuple(
            replace(one, id=key) for one, key in zip(program.rules, saved.rule_ids, strict=True)
        ),
        rewards=tuple(
            replace(one, id=key) for one, key in zip(program.rewards, saved.reward_ids, strict=True)
        ),
    )


def _write_parts(
    row: PromotionProgram, program: Program, data: ProgramInput, *, is_new: bool
) -> ProgramSaved:
    """Write the lists that were given, or all of a new program."""
    if is_new or data.pos_configs is not UNSET:
        rows.write_stores(row.pk, program.pos_configs, is_new=is_new)
    rule_ids = [rule.id for rule in program.rules]
    if is_new or data.rules is not UNSET:
        rule_ids = rows.write_rules(row.pk, program.rules, is_new=is_new)
    reward_ids = [reward.id for reward in program.rewards]
    if is_new or data.rewards is not UNSET:
        reward_ids = rows.write_rewards(row.pk, program.rewards, is_new=is_new)
    return ProgramSaved(row.pk, row.ref, row.state, tuple(rule_ids), tuple(reward_ids))
