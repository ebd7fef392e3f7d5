"""Terms of kinds of points that programs in force rest on.

Programs are kept by an app above this one, which says at the start what may be asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from django.db import connection

_HOLD = "SELECT FROM loyalty_loyaltyprogram WHERE id = ANY(%s) ORDER BY id FOR SHARE"

#: Takes the id of a kind of points and a number of decimals; returns names.
Finer = Callable[[int, int], Sequence[str]]

_asked: list[Finer] = []


def ask_for_finer_programs(finer: Finer) -> None:
    """Have `finer` name the programs in force with more decimals; called once, at the start."""
    _asked[:] = [finer]


def finer_programs(loyalty_program_id: int, point_decimals: int) -> list[str]:
    """Return the names of programs in force that count a kind of points with more decimals."""
    return [name for finer in _asked for name in finer(loyalty_program_id, point_decimals)]


def hold_terms(loyalty_program_ids: Collection[int]) -> None:
    """Keep the terms of kinds of points from changing until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, (sorted(loyalty_program_ids),))
