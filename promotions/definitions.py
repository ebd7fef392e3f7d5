"""From the rows that marketing edits to the definitions that the engine reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import time
from typing import Any

from promotions.engine.definition import Program, Reward, Rule, Window
from promotions.engine.terms import (
    AppliesOn,
    EarnOn,
    PointMode,
    ProgramType,
    Stacking,
    Trigger,
)
from promotions.models import PromotionProgram, PromotionRule
from promotions.presets import PRESETS, default_group
from promotions.programs.filter_reading import Filters, number, tidy
from promotions.programs.reward_reading import read_rewards


def read_definitions(program_ids: Collection[int]) -> dict[int, Program]:
    """Return the drafts of these programs as definitions, with version_id 0.

    Rules and rewards stand in the order of their ids. A reward whose type needs fields that
    are not there has None for them. A fixed number of statements, however many programs.
    """
    rules = _read_rules(program_ids)
    rewards = read_rewards(program_ids)
    stores = defaultdict[int, set[int]](set)
    for program_id, pos_id in PromotionProgram.pos_configs.through.objects.filter(
        promotionprogram_id__in=program_ids
    ).values_list("promotionprogram_id", "posconfig_id"):
        stores[program_id].add(pos_id)
    rows = PromotionProgram.objects.filter(pk__in=program_ids).values(
        *_PROGRAM_COLUMNS,
        "loyalty_program__point_decimals",
        "loyalty_program__earn_on",
        "loyalty_program__pending_days",
    )
    return {
        row["id"]: _program(
            row, frozenset(stores[row["id"]]), tuple(rules[row["id"]]), tuple(rewards[row["id"]])
        )
        for row in rows
    }


_PROGRAM_COLUMNS = [field.attname for field in PromotionProgram._meta.concrete_fields]


def _program(
    row: Mapping[str, Any],
    stores: frozenset[int],
    rules: tuple[Rule, ...],
    rewards: tuple[Reward, ...],
) -> Program:
    program_type = ProgramType(row["program_type"])
    decimals = row["loyalty_program__point_decimals"]
    earn_on = row["loyalty_program__earn_on"]
    program = Program(
        id=row["id"],
        version_id=0,
        ref=row["ref"] or None,
        name=row["name"],
        program_type=program_type,
        trigger=Trigger(row["trigger"]),
        applies_on=AppliesOn(row["applies_on"]),
        is_payment=PRESETS[program_type].is_payment,
        loyalty_program_id=row["loyalty_program_id"],
        point_decimals=2 if decimals is None else decimals,
        earn_on=EarnOn.PAID if earn_on is None else EarnOn(earn_on),
        points_pending=bool(row["loyalty_program__pending_days"]),
        currency=row["currency"] or None,
        date_from=row["date_from"],
        date_to=row["date_to"],
        pos_configs=stores,
        schedule=tuple(_window(one) for one in row["schedule"] or ()),
        sequence=row["sequence"],
        stacking=Stacking(row["stacking"]),
        exclusion_group=row["exclusion_group"] or None,
        limit_usage=row["limit_usage"],
        limit_per_partner=row["limit_per_partner"],
        budget=tidy(row["budget"]),
        pending_days=row["pending_days"],
        rules=rules,
        rewards=rewards,
    )
    if program.exclusion_group is None and not row["order_group_cleared"]:
        return replace(program, exclusion_group=default_group(program))
    return program


def _window(stored: Mapping[str, Any]) -> Window:
    return Window(
        weekdays=frozenset(stored["weekdays"] or range(7)),
        start=time.fromisoformat(stored["start"]),
        end=time.fromisoformat(stored["end"]),
    )


def _read_rules(program_ids: Collection[int]) -> dict[int, list[Rule]]:
    """Return rules by program."""
    rows = list(PromotionRule.objects.filter(program_id__in=program_ids).order_by("id"))
    filters = Filters.read(PromotionRule, [row.pk for row in rows])
    rules = defaultdict[int, list[Rule]](list)
    for row in rows:
        rules[row.program_id].append(
            Rule(
                id=row.pk,
                minimum_amount=number(row.minimum_amount),
                minimum_qty=number(row.minimum_qty),
                filter=filters.of(row.pk, row.tags),
                membership=row.membership_id,
                reward_point_mode=PointMode(row.reward_point_mode),
                reward_point_amount=number(row.reward_point_amount),
                code=row.code or None,
            )
        )
    return rules
