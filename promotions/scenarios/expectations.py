"""Does an answer say what was expected?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from promotions.scenarios.schema import Expectation, ExpectedCoupons

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that came out otherwise; `step` counts from 1."""

    step: int
    what: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"step {self.step}, {self.what}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True, slots=True)
class Observed:
    """What a step came to, in the words of a scenario; programs are named by their keys.

    A part is None when the answer says nothing about it (a return names no rewards). `refusal`
    is an answer that is an error; `refused_claim` is what a quote says of a claim.
    """

    total: Decimal | None = None
    discount_total: Decimal | None = None
    line_discounts: tuple[Decimal, ...] | None = None
    free_items: Mapping[str, Decimal] | None = None
    points_earned: Mapping[str, Decimal] | None = None
    points_spent: Mapping[str, Decimal] | None = None
    balance: Mapping[str, Decimal] | None = None
    applied_programs: frozenset[str] | None = None
    coupons: Mapping[str, tuple[Decimal | None, ...]] | None = None
    rejected: Mapping[str, str] | None = None
    refusal: str | None = None
    refused_claim: str | None = None


def compare(place: int, expect: Expectation, seen: Observed) -> list[Mismatch]:
    """Return what differs; only what the expectation names is looked at."""
    refused = seen.refusal or seen.refused_claim
    if expect.error and not refused:
        return [Mismatch(place, "answer", f"a refusal ({expect.error})", "no refusal")]
    if seen.refusal is not None:
        return [] if expect.error else [Mismatch(place, "answer", "no refusal", seen.refusal)]
    pairs = [*_amounts(expect, seen), *_programs(expect, seen), *_codes(expect, seen)]
    found = [
        Mismatch(place, what, _say(wanted), _say(got))
        for what, wanted, got in pairs
        if wanted != got
    ]
    if found and seen.refused_claim:
        found.append(Mismatch(place, "claim", "given", seen.refused_claim))
    return found


_Pair = tuple[str, object, object]


def _amounts(expect: Expectation, seen: Observed) -> Iterator[_Pair]:
    if expect.total is not None:
        yield "total", expect.total, seen.total
    if expect.discount_total is not None:
        yield "discount_total", expect.discount_total, seen.discount_total
    if expect.lines is not None:
        yield "line discounts", tuple(line.discount for line in expect.lines), seen.line_discounts
    if expect.free_items is not None:
        wanted: Counter[str] = Counter()
        for item in expect.free_items:
            wanted[item.sku] += item.qty  # type: ignore[assignment]  # quantities are Decimals
        yield "free_items", dict(wanted), dict(seen.free_items or {})


def _programs(expect: Expectation, seen: Observed) -> Iterator[_Pair]:
    for what, wanted, got in (
        ("points_earned", expect.points_earned, seen.points_earned),
        ("points_spent", expect.points_spent, seen.points_spent),
        ("balance", expect.balance, seen.balance),
    ):
        for key, points in (wanted or {}).items():
            absent = Decimal(0) if what != "balance" else None
            yield f"{what} of {key}", points, (got or {}).get(key, absent)
    if expect.applied_programs is not None:
        yield "applied_programs", frozenset(expect.applied_programs), seen.applied_programs
    for key, coupons in (expect.coupons_generated or {}).items():
        yield from _coupons(key, coupons, (seen.coupons or {}).get(key, ()))


def _coupons(key: str, wanted: ExpectedCoupons, got: tuple[Decimal | None, ...]) -> Iterator[_Pair]:
    yield f"coupons of {key}", wanted.count, len(got)
    if wanted.points_each is not None and len(got) == wanted.count:
        yield f"points on coupons of {key}", {wanted.points_each}, set(got)


def _codes(expect: Expectation, seen: Observed) -> Iterator[_Pair]:
    if expect.rejected_code and not seen.rejected:
        yield "codes", f"one rejected ({expect.rejected_code})", "none rejected"


def _say(value: object) -> str:
    if isinstance(value, (frozenset, set)):
        return ", ".join(sorted(map(str, value))) or "none"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{qty} x {name}" for name, qty in sorted(value.items())) or "none"
    return "nothing" if value is None else str(value)
