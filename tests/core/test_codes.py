"""Codes that people type: one key however they are written, and typos that give themselves away."""

from __future__ import annotations

import random

import pytest

from core import codes


@pytest.mark.parametrize(
    "typed",
    [
        *("SUMMER-ZOO-10", "summer zoo 10", " Summer\u00a0zoo\u201310 ", "summer2oolo"),
        *("SUMMER\u2014ZOO\u221210", "SUMMER\u200bZOO\u202f\ufeff10", "S\u00adummer\uff0dzoo10"),
    ],
)
def test_case_spaces_dashes_and_look_alikes_do_not_count(typed: str) -> None:
    assert codes.normalise(typed) == "SUMMER20010"


def test_folding_twice_changes_nothing_and_keeps_what_is_no_look_alike() -> None:
    key = codes.normalise("Größe-Ilz 0o")
    assert codes.normalise(key) == key
    assert codes.normalise("ABC-789") == "ABC789"


def test_generated_codes_have_64_bits_and_no_look_alikes() -> None:
    assert len(codes.ALPHABET) ** codes.RANDOM_SYMBOLS > 2**64
    assert not set(codes.ALPHABET) & set("OILZU")
    made = {codes.generate() for _ in range(500)}
    assert len(made) == 500
    assert all(codes.normalise(one) == one.replace("-", "") for one in made)
    assert codes.generate("GIFT").startswith("GIFT-")


def test_every_wrong_symbol_and_every_swap_of_neighbours_is_told_from_an_unknown_code() -> None:
    chance = random.Random(7)
    for _ in range(100):
        symbols = list(codes.normalise(codes.generate()))
        assert not codes.is_mistyped("".join(symbols))
        place = chance.randrange(len(symbols) - 1)
        if symbols[place] != symbols[place + 1]:
            swapped = [*symbols]
            swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
            assert codes.is_mistyped("".join(swapped))
        wrong = [*symbols]
        wrong[place] = chance.choice([one for one in codes.ALPHABET if one != symbols[place]])
        assert codes.is_mistyped("".join(wrong))


def test_short_codes_of_staff_are_unknown_not_mistyped() -> None:
    assert not codes.is_mistyped("SUMMER10")
