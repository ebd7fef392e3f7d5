"""Telling what became of scenarios: lines for people, data for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from promotions.scenarios.runner import Outcome, Status


def word(status: Status) -> str:
    """Return the status as people read it."""
    return {
        Status.PASS: pgettext("scenario", "pass"),
        Status.FAIL: pgettext("scenario", "fail"),
        Status.BY_CHOICE: pgettext("scenario", "different by choice"),
    }[status]


def as_lines(outcome: Outcome) -> Iterator[str]:
    """Yield the result of one scenario: a line, and what differed or why below it."""
    yield f"{word(outcome.status):<20} {outcome.id}  {outcome.title}"
    for reason in outcome.why:
        yield f"{'':<20} - {reason}"
    for mismatch in outcome.mismatches:
        yield f"{'':<20} - {mismatch}"


def as_data(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return all results with their count, as JSON data."""
    return {
        "scenarios": [
            {
                "id": outcome.id,
                "title": outcome.title,
                "file": str(outcome.path),
                "status": outcome.status.value,
                "why": list(outcome.why),
                "mismatches": [
                    {
                        "step": mismatch.step,
                        "what": mismatch.what,
                        "expected": mismatch.expected,
                        "got": mismatch.got,
                    }
                    for mismatch in outcome.mismatches
                ],
            }
            for outcome in outcomes
        ],
        "counts": {status.value: count for status, count in count(outcomes).items()},
    }


def closing_line(outcomes: Sequence[Outcome]) -> str:
    """Return how many there were of each."""
    counted = count(outcomes)
    parts = ", ".join(f"{counted[status]} {word(status)}" for status in Status)
    return _("%(total)d scenarios: %(parts)s") % {"total": len(outcomes), "parts": parts}


def count(outcomes: Iterable[Outcome]) -> Counter[Status]:
    """Count the outcomes by status."""
    return Counter(outcome.status for outcome in outcomes)
