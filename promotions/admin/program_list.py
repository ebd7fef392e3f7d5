"""What the list of programs knows beyond its rows: sentences, changes, uses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.views import ChangeList

from core import codec
from promotions import wording
from promotions.definitions import read_definitions
from promotions.engine.definition import Program
from promotions.models import AppliedReward, ProgramUsage, PromotionProgram
from promotions.program_names import names_for
from promotions.programs.currencies import read_store_currencies, settle_currency
from promotions.sentences import describe_program

USES_OF_DAYS = 30


@dataclass(frozen=True, slots=True)
class Described:
    """A program in words. `changed`: its draft differs from the version in force.

    `currency`: of its amounts, empty for none.
    """

    sentence: str
    changed: bool
    currency: str


def describe_all(rows: Collection[PromotionProgram]) -> dict[int, Described]:
    """Return what each program does and whether its draft was changed since it was published.

    A fixed number of statements; `current_version` of the rows should be loaded.
    """
    stores = read_store_currencies()
    drafts = {
        key: replace(draft, currency=settle_currency(draft, stores).currency)
        for key, draft in read_definitions([row.pk for row in rows]).items()
    }
    names = names_for(drafts.values())
    return {
        row.pk: Described(
            describe_program(drafts[row.pk], names),
            _is_changed(row, drafts[row.pk]),
            drafts[row.pk].currency or "",
        )
        for row in rows
    }


def _is_changed(row: PromotionProgram, draft: Program) -> bool:
    """Compare the draft, as it would be published, with the version in force."""
    version = row.current_version
    if version is None:
        return False
    published = replace(draft, version_id=version.pk)
    return bool(version.definition != codec.encode(published))


@dataclass(frozen=True, slots=True)
class Uses:
    """How often a program was used: against its limit where it has one, and lately."""

    total: int
    lately: int
    amount: Decimal = Decimal(0)


def count_uses(program_ids: Collection[int]) -> dict[int, Uses]:
    """Return the uses of programs, two statements."""
    since = timezone.now() - timedelta(days=USES_OF_DAYS)
    lately = dict(
        AppliedReward.objects.filter(program_id__in=program_ids, order__ordered_at__gte=since)
        .order_by()
        .values_list("program_id")
        .annotate(orders=Count("order_id", distinct=True))
    )
    rows = ProgramUsage.objects.filter(program_id__in=program_ids)
    totals = {key: (times, given) for key, times, given in rows.values_list()}
    return {
        key: Uses(totals.get(key, (0,))[0], lately.get(key, 0), totals.get(key, (0, Decimal(0)))[1])
        for key in program_ids
    }


@dataclass(frozen=True, slots=True)
class Meter:
    """How much of a limit is gone, for a bar: `value` of `most`, and as text."""

    label: str
    value: str
    most: str
    text: str


def meters(program: PromotionProgram, uses: Uses, currency: str) -> list[Meter]:
    """Return the limits of a program with what is gone of them."""
    found = []
    if program.limit_usage:
        text = f"{uses.total} / {program.limit_usage}"
        found.append(Meter(_("Uses"), str(uses.total), str(program.limit_usage), text))
    if program.budget:
        text = f"{wording.money(uses.amount, currency)} / {wording.money(program.budget, currency)}"
        found.append(Meter(_("Budget"), str(uses.amount), str(program.budget), text))
    return found


class ProgramChangeList(ChangeList):
    """The list, with what its page of programs does looked up at once."""

    def get_results(self, request: Any) -> None:
        """Add sentence, change and uses to the rows of this page."""
        super().get_results(request)
        rows = list(self.result_list)
        described = describe_all(rows)
        uses = count_uses([row.pk for row in rows])
        for row in rows:
            row.described = described[row.pk]
            row.uses = uses[row.pk]
            row.meters = meters(row, row.uses, row.described.currency)
        self.result_list = rows
