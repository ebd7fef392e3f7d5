"""Two versions of a program side by side: both sentences, and every field that differs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from promotions.engine.definition import Program
from promotions.program_fields import Field, fields_of
from promotions.program_names import names_for
from promotions.sentences import describe_program

SHOWN_ITEMS = 12


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs. A text is empty where the field was not said."""

    part: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both programs in a sentence, and what differs; nothing: they are the same."""

    before: str
    after: str
    differences: tuple[Difference, ...]


def compare_programs(before: Program, after: Program) -> Comparison:
    """Compare two definitions of one program in the active language; at most five statements."""
    names = names_for([before, after])
    old = {one.key: one for one in fields_of(before, names)}
    new = {one.key: one for one in fields_of(_aligned(before, after), names)}
    order = [*new, *(key for key in old if key not in new)]
    differences = (_difference(old.get(key), new.get(key)) for key in order)
    return Comparison(
        describe_program(before, names),
        describe_program(after, names),
        tuple(one for one in differences if one is not None),
    )


def _aligned(before: Program, after: Program) -> Program:
    """Give rules and rewards that are new the ids of those at their place that are gone.

    So that a program that was sent anew is compared field by field.
    """
    return replace(
        after,
        rules=_with_ids(before.rules, after.rules),
        rewards=_with_ids(before.rewards, after.rewards),
    )


def _with_ids(before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[Any, ...]:
    kept = {one.id for one in after}
    found = []
    for place, one in enumerate(after):
        is_new = one.id not in {old.id for old in before}
        held = before[place].id if place < len(before) else one.id
        found.append(replace(one, id=held) if is_new and held not in kept else one)
    return tuple(found)


def _difference(old: Field | None, new: Field | None) -> Difference | None:
    """Return how a field differs, None if it does not."""
    one = new or old
    assert one is not None  # a key comes from one of the two
    if old is not None and new is not None and old.items is not None and new.items is not None:
        if old.items == new.items:
            return None
        before, after = _lists(old.items, new.items)
        return Difference(one.part, one.label, before or old.text, after or new.text)
    before, after = old.text if old else "", new.text if new else ""
    if before == after:
        return None
    return Difference(one.part, one.label, before, after)


def _lists(old: frozenset[str], new: frozenset[str]) -> tuple[str, str]:
    """Return two lists whole if they are short, else what only one of them has."""
    if max(len(old), len(new)) <= SHOWN_ITEMS:
        return ", ".join(sorted(old)), ", ".join(sorted(new))
    return _only(old - new, len(old)), _only(new - old, len(new))


def _only(own: frozenset[str], total: int) -> str:
    listed = sorted(own)
    said = ", ".join(listed[:SHOWN_ITEMS])
    if len(listed) > SHOWN_ITEMS:
        more = len(listed) - SHOWN_ITEMS
        said += ", " + ngettext("%(count)s more", "%(count)s more", more) % {"count": more}
    count = ngettext("%(count)s in all", "%(count)s in all", total) % {"count": total}
    return f"{count}; {_('only here')}: {said}" if said else count
