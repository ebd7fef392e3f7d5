"""What the commands show: how far they are, and what an import came to."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from decimal import Decimal
from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.table import Table

from core.progress import Bar, progress_of
from imports.outcome import COUNTS, Tally
from imports.services.check_balances import BalancesChecked
from imports.wording import told

# More than these are for the file.
_MOST_SHOWN = 20


class Bars(AbstractContextManager["Bars"]):
    """A bar for each table in turn."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._open = out, ExitStack()
        self._table, self._done = "", 0
        self._bar: Bar | None = None

    def __call__(self, table: str, done: int, total: int) -> None:
        """Show that so many rows of a table are done."""
        if table != self._table or self._bar is None:
            self._open.close()
            self._bar = self._open.enter_context(progress_of(table, total=total, out=self._out))
            self._table, self._done = table, 0
        self._bar.expect(total)
        self._bar.advance(done - self._done)
        self._done = done

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the last bar."""
        self._open.close()


def tell(out: TextIO, tally: Tally, balances: BalancesChecked | None, *, dry_run: bool) -> bool:
    """Print counts, faults and balances; return whether all balances are equal."""
    console = Console(file=out, highlight=False, soft_wrap=True)
    if dry_run:
        console.print("Nothing was written: this is what would be done.")
    console.print(_counts(tally))
    _print_faults(console, tally)
    if balances is None:
        return True
    console.print(_balances(balances))
    for one in balances.differences[:_MOST_SHOWN]:
        console.print(
            f"  {one.code}: {one.there:,f} there, {one.here:,f} here"
            f" ({one.moved_here:,f} moved here)"
        )
    if balances.refused:
        some = ", ".join(balances.refused[:_MOST_SHOWN])
        console.print(f"The points of {len(balances.refused):,} codes were refused: {some}")
    elif not balances.differences:
        console.print("All balances are equal to the cent.")
    return balances.are_equal


def _counts(tally: Tally) -> Table:
    table = Table(title="Rows", title_justify="left")
    table.add_column("")
    for name in COUNTS:
        table.add_column(name.replace("_", " "), justify="right")
    for name, counts in tally.counts.items():
        table.add_row(name, *(f"{counts[one]:,}" for one in COUNTS))
    return table


def _print_faults(console: Console, tally: Tally) -> None:
    faults = list(tally.stored_faults())
    for table, key, fault in faults[:_MOST_SHOWN]:
        what, advice = told(fault)
        verdict = "mended" if fault["mended"] else "refused"
        console.print(f"  {verdict}: {table} {key} {fault['field']}: {what} {advice}", markup=False)
    if len(faults) > _MOST_SHOWN:
        console.print(f"  and {len(faults) - _MOST_SHOWN:,} more: --refused FILE lists all.")


def _balances(balances: BalancesChecked) -> Table:
    table = Table(title="Balances", title_justify="left")
    table.add_column("program")
    for name in ("codes", "there", "here", "moved here since", "difference"):
        table.add_column(name, justify="right")
    for one in balances.programs:
        if one.program:
            rest = one.here - one.there - one.moved_here
            numbers = (one.there, one.here, one.moved_here, rest)
            table.add_row(one.program, f"{one.codes:,}", *map(_number, numbers))
        else:
            table.add_row("not taken", f"{one.codes:,}", _number(one.there), "", "", "")
    return table


def _number(number: Decimal) -> str:
    return f"{number:,.2f}"
