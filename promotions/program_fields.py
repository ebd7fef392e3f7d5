"""Everything a program says, field by field, in the words of the shop: what comparisons compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from promotions import labels, wording
from promotions.engine.definition import ProductFilter, Program, Reward, Rule
from promotions.reward_fields import reward_details
from promotions.sentences import Names

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is said. `key`: the same in two versions; `part`: `Condition 1`, or nothing.

    `items`: the members of a list, when the text may be too short to tell two lists apart.
    """

    key: Key
    part: str
    label: str
    text: str
    items: frozenset[str] | None = None


def fields_of(program: Program, names: Names) -> list[Field]:
    """Return what the program says, in the order of its page; what is not said is left out."""
    found = [*_program(program, names)]
    for place, rule in enumerate(program.rules, start=1):
        part = _("Condition %(number)s") % {"number": place}
        found += [
            Field(("rule", rule.id, key), part, label, text, items)
            for key, label, text, items in _rule(rule, program.currency or "", names)
        ]
    for place, reward in enumerate(program.rewards, start=1):
        part = _("Reward %(number)s") % {"number": place}
        found += [
            Field(("reward", reward.id, key), part, label, text, items)
            for key, label, text, items in _reward(reward, program.currency or "", names)
        ]
    return [one for one in found if one.text]


def word(choices: Sequence[tuple[str, str | Promise]], value: str) -> str:
    """Return the label of a word of a closed list."""
    return str(dict(choices).get(value, value))


def filter_items(wanted: ProductFilter, names: Names) -> frozenset[str]:
    """Return the names of everything a filter lists."""
    return frozenset(
        [
            *(names.products.get(key, f"#{key}") for key in wanted.products),
            *(names.categories.get(key, f"#{key}") for key in wanted.categories),
            *(_("anything tagged “%(tag)s”") % {"tag": tag} for tag in wanted.tags),
        ]
    )


def _program(program: Program, names: Names) -> Iterator[Field]:
    money = program.currency or ""
    stores = frozenset(names.pos_configs.get(key, f"#{key}") for key in program.pos_configs)
    points = program.loyalty_program_id
    rows: list[tuple[str, str, str]] = [
        ("name", _("Name"), program.name),
        ("type", _("Type"), word(labels.PROGRAM_TYPES, program.program_type)),
        ("points", _("Kind of points"), "" if points is None else names.points.get(points, "#")),
        ("currency", _("Currency"), program.currency or _("any")),
        ("from", _("From"), wording.moment(program.date_from) if program.date_from else ""),
        ("until", _("Until"), wording.moment(program.date_to) if program.date_to else ""),
        (
            "schedule",
            _("Only at these times"),
            "; ".join(wording.window(one) for one in program.schedule),
        ),
        ("uses", _("Most uses"), str(program.limit_usage or "")),
        ("uses_each", _("Most uses per member"), str(program.limit_per_partner or "")),
        (
            "budget",
            _("Budget"),
            "" if program.budget is None else wording.money(program.budget, money),
        ),
        ("stacking", _("Combination"), word(labels.STACKING, program.stacking)),
        ("group", _("Exclusion group"), program.exclusion_group or _("none")),
        ("sequence", _("Sequence"), "" if program.sequence is None else str(program.sequence)),
        ("trigger", _("Set in motion"), word(labels.TRIGGERS, program.trigger)),
        ("applies_on", _("Applies on"), word(labels.APPLIES_ON, program.applies_on)),
    ]
    for key, label, text in rows:
        yield Field((key,), "", label, text)
    text = _listed(stores) or _("all")
    yield Field(("stores",), "", _("Stores"), text, stores)


Detail = tuple[str, str, str, frozenset[str] | None]


def _rule(rule: Rule, currency: str, names: Names) -> Iterator[Detail]:
    items = filter_items(rule.filter, names)
    level = rule.membership
    yield "code", _("Code"), rule.code or "", None
    yield "amount", _("Minimum amount"), _money(rule.minimum_amount, currency), None
    yield "qty", _("Minimum quantity"), _number(rule.minimum_qty), None
    yield "what", _("Products"), _listed(items) or _("every product"), items
    yield (
        "level",
        _("Members at level"),
        "" if level is None else names.levels.get(level, "#"),
        None,
    )
    mode = word(labels.POINT_MODES, rule.reward_point_mode)
    yield "points", _("Points"), f"{wording.number(rule.reward_point_amount)} {mode}", None


def _reward(reward: Reward, currency: str, names: Names) -> Iterator[Detail]:
    yield "type", _("Type"), word(labels.REWARD_TYPES, reward.reward_type), None
    yield "cost", _("Points needed"), wording.number(reward.required_points), None
    yield "text", _("Text on the receipt"), reward.description or "", None
    for key, label, text, wanted in reward_details(reward, currency, names):
        items = None if wanted is None else filter_items(wanted, names)
        said = text if items is None else _listed(items) or _("every product")
        yield key, label, said, items


def _listed(items: frozenset[str]) -> str:
    return ", ".join(sorted(items))


def _money(amount: Decimal, currency: str) -> str:
    return wording.money(amount, currency) if amount else ""


def _number(number: Decimal) -> str:
    return wording.number(number) if number else ""
