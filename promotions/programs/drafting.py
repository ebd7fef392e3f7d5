"""Laying what was sent over what is there, with presets where nothing is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from msgspec import UNSET, UnsetType

from core.sentences import sentence as _
from promotions.engine.definition import Program, Reward, Rule, Window
from promotions.engine.terms import PointMode, Trigger
from promotions.presets import PRESETS, Preset
from promotions.programs.body import ProgramInput, RuleInput, WindowInput
from promotions.programs.faults import Fault
from promotions.programs.instants import read_clock, read_instant
from promotions.programs.references import References
from promotions.programs.reward_drafting import read_reward

T = TypeVar("T")


def given(value: T | UnsetType, otherwise: T) -> T:
    """Return the value if it was given."""
    return otherwise if isinstance(value, UnsetType) else value


def draft(current: Program | None, data: ProgramInput, found: References) -> Program:
    """Return the program as it shall be; what cannot be read is noted in `found.faults`.

    `current` None: a new one, whose `program_type` and `name` must be given. Rules and rewards
    that are new have id 0.
    `exclusion_group` is what was given; its default is not filled in.
    """
    program_type = given(data.program_type, current.program_type if current else None)
    name = given(data.name, current.name if current else None)
    if program_type is None or name is None:
        raise ValueError("a new program needs a program_type and a name")
    preset = PRESETS[program_type]
    base = current or Program(
        id=0,
        version_id=0,
        name=name,
        program_type=program_type,
        trigger=preset.trigger,
        applies_on=preset.applies_on,
        rules=preset.rules,
        rewards=preset.rewards,
    )
    if base.program_type is not program_type:
        base = replace(base, trigger=preset.trigger, applies_on=preset.applies_on)
    rules = _rules(base, data, found, preset)
    trigger = base.trigger
    if current is None and rules and all(rule.code for rule in rules):
        trigger = Trigger.WITH_CODE
    return replace(
        base,
        ref=given(data.ref, base.ref),
        name=name.strip(),
        program_type=program_type,
        is_payment=preset.is_payment,
        trigger=given(data.trigger, trigger),
        applies_on=given(data.applies_on, base.applies_on),
        loyalty_program_id=_loyalty_program(base, data, found),
        currency=(given(data.currency, base.currency) or "").upper() or None,
        date_from=_instant(data.date_from, base.date_from, "/date_from", found),
        date_to=_instant(data.date_to, base.date_to, "/date_to", found),
        pos_configs=_pos_configs(base, data, found),
        schedule=_schedule(base, data, found),
        sequence=given(data.sequence, base.sequence),
        stacking=given(data.stacking, base.stacking),
        exclusion_group=given(data.exclusion_group, base.exclusion_group),
        limit_usage=given(data.limit_usage, base.limit_usage),
        limit_per_partner=given(data.limit_per_partner, base.limit_per_partner),
        budget=given(data.budget, base.budget),
        pending_days=given(data.pending_days, base.pending_days) or 0,
        rules=rules,
        rewards=_rewards(base, data, found, preset),
    )


def _rules(
    base: Program, data: ProgramInput, found: References, preset: Preset
) -> tuple[Rule, ...]:
    if isinstance(data.rules, UnsetType):
        return base.rules
    ids = match_ids(
        [rule.id for rule in data.rules], [rule.id for rule in base.rules], "/rules", found.faults
    )
    return tuple(
        _rule(rule, key, f"/rules/{index}", found, preset.point_mode)
        for index, (rule, key) in enumerate(zip(data.rules, ids, strict=True))
    )


def _rule(
    data: RuleInput, key: int, pointer: str, found: References, point_mode: PointMode
) -> Rule:
    membership = data.membership
    return Rule(
        id=key,
        minimum_amount=data.minimum_amount,
        minimum_qty=data.minimum_qty,
        filter=found.filter(data, pointer),
        membership=(
            None if membership is None else found.level(membership, f"{pointer}/membership")
        ),
        reward_point_mode=data.reward_point_mode or point_mode,
        reward_point_amount=data.reward_point_amount,
        code=data.code.strip() if data.code is not None else None,
    )


def _rewards(
    base: Program, data: ProgramInput, found: References, preset: Preset
) -> tuple[Reward, ...]:
    if isinstance(data.rewards, UnsetType):
        return base.rewards
    ids = match_ids(
        [reward.id for reward in data.rewards],
        [reward.id for reward in base.rewards],
        "/rewards",
        found.faults,
    )
    return tuple(
        read_reward(reward, key, f"/rewards/{index}", found, preset.reward_type)
        for index, (reward, key) in enumerate(zip(data.rewards, ids, strict=True))
    )


def match_ids(
    wanted: Sequence[int | None], existing: Sequence[int], pointer: str, faults: list[Fault]
) -> list[int]:
    """Return the id that each item of a new list keeps, 0 for a new row.

    An item that names an id keeps it; one that does not keeps the id at its position, unless
    another item names that. So a list that is sent again without ids changes no id.
    """
    named = [key for key in wanted if key is not None]
    kept = []
    for index, key in enumerate(wanted):
        if key is None:
            held = existing[index] if index < len(existing) else 0
            kept.append(0 if held in named else held)
            continue
        if key not in existing or named.count(key) > 1:
            detail = _("Not the id of one of this program, or named twice; leave it out.")
            faults.append(Fault(f"{pointer}/{index}/id", "unknown_id", detail))
        kept.append(key)
    return kept


def _loyalty_program(base: Program, data: ProgramInput, found: References) -> int | None:
    if isinstance(data.loyalty_program, UnsetType):
        return base.loyalty_program_id
    return None if data.loyalty_program is None else found.loyalty_program(data.loyalty_program)


def _pos_configs(base: Program, data: ProgramInput, found: References) -> frozenset[int]:
    if isinstance(data.pos_configs, UnsetType):
        return base.pos_configs
    return frozenset(pos.pk for pos in found.stores(data.pos_configs))


def _instant(
    value: str | UnsetType | None, held: datetime | None, pointer: str, found: References
) -> datetime | None:
    if isinstance(value, UnsetType):
        return held
    if value is None:
        return None
    try:
        return read_instant(value, end_of_day=pointer == "/date_to")
    except ValueError as error:
        found.faults.append(Fault(pointer, "invalid_date", error.args[0]))
        return None


def _schedule(base: Program, data: ProgramInput, found: References) -> tuple[Window, ...]:
    if data.schedule is UNSET:
        return base.schedule
    windows = (
        _window(one, f"/schedule/{index}", found) for index, one in enumerate(data.schedule or ())
    )
    return tuple(window for window in windows if window is not None)


def _window(data: WindowInput, pointer: str, found: References) -> Window | None:
    times = []
    for name, text in (("start", data.start), ("end", data.end)):
        try:
            times.append(read_clock(text, is_end=name == "end"))
        except ValueError as error:
            found.faults.append(Fault(f"{pointer}/{name}", "invalid_time", error.args[0]))
    if len(times) < 2:
        return None
    start, end = times
    return Window(frozenset(data.weekdays or range(7)), start, end)
