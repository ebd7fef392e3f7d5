"""`manage.py load_grocery_year`: a real year of groceries through the engine."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from core.progress import stream_of
from demo.groceries.check import check_rules
from demo.groceries.offers import MOST
from demo.groceries.outcome import Outcome
from demo.groceries.source import GroceryDataMissing, installed_folder
from demo.groceries.year import MONTHS, GroceryYear, load_year
from demo.workers import WorkerFailed, worker_count


class Command(BaseCommand):
    """Load the Complete Journey data and replay its baskets."""

    help = (
        "Load the Complete Journey data (products, households, stores, campaigns) and replay its "
        "baskets through the engine. Run it again after Ctrl-C: it goes on where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--months", type=int, default=MONTHS, help="the first N months (12)")
        parser.add_argument("--baskets", type=int, metavar="N", help="only the first N baskets")
        parser.add_argument(
            "--with-programs",
            type=int,
            default=0,
            metavar="N",
            help=f"and N of {MOST} programs of the grocer's own, which households use",
        )
        parser.add_argument(
            "--check", action="store_true", help="end with status 1 if a rule is broken anywhere"
        )
        parser.add_argument("--processes", type=int, default=worker_count())
        parser.add_argument(
            "--data", type=Path, metavar="FOLDER", help="Parquet files of your own, same tables"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, replay, and tell what it came to. Raises: CommandError."""
        if not 1 <= options["months"] <= MONTHS:
            raise CommandError(f"--months is 1 to {MONTHS}.")
        if not 0 <= options["with_programs"] <= MOST:
            raise CommandError(f"--with-programs is 0 to {MOST}.")
        try:
            year = load_year(
                folder=options["data"] or installed_folder(),
                months=options["months"],
                processes=options["processes"],
                most=options["baskets"],
                out=stream_of(self.stdout),
                own_offers=options["with_programs"],
            )
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again to go on.", returncode=130) from None
        except (GroceryDataMissing, WorkerFailed) as error:
            raise CommandError(str(error)) from error
        console = Console(file=stream_of(self.stdout), highlight=False)
        console.print(_table(year))
        if options["check"]:
            self._check(console)
        else:
            call_command("verify_ledger", stdout=self.stdout)

    @staticmethod
    def _check(console: Console) -> None:
        """Print every rule. Raises: CommandError if one is broken."""
        checked = check_rules()
        table = Table(title="What must not be", show_header=False, title_justify="left")
        for one in checked:
            table.add_row(one.rule, f"{one.found:,}", one.first)
        console.print(table)
        broken = sum(one.found for one in checked)
        if broken:
            raise CommandError(f"{broken:,} violations.")


def _table(year: GroceryYear) -> Table:
    """Return what the year came to, as a table of words and numbers."""
    table = Table(title="The grocery year", show_header=False, title_justify="left")
    table.add_column()
    table.add_column(justify="right")
    for words, number in _rows(year, year.outcome):
        table.add_row(words, number)
    return table


def _rows(year: GroceryYear, outcome: Outcome) -> list[tuple[str, str]]:
    rows = [
        ("Baskets", f"{outcome.baskets:,}"),
        ("Lines", f"{outcome.lines:,}"),
        ("Entries without units, left out", f"{year.entries_left_out:,}"),
        ("Baskets of nothing else, left out", f"{year.baskets_left_out:,}"),
        ("Gross (USD)", f"{outcome.subtotal:,.2f}"),
        ("Discount (USD)", f"{outcome.discount:,.2f}"),
        ("Paid (USD)", f"{outcome.due:,.2f}"),
    ]
    rows += [(f"Points, {kind}", f"{points:,.2f}") for kind, points in outcome.points.items()]
    rows.append(("Codes applied", f"{outcome.codes_applied:,}"))
    rows += [(f"Codes rejected, {reason}", f"{n:,}") for reason, n in outcome.rejected.items()]
    if outcome.not_optimal:
        rows.append(("Decisions not proven best", f"{outcome.not_optimal:,}"))
    if year.replayed:
        rows.append(("Replayed in this run", f"{year.replayed:,}"))
        rows.append(("Baskets per second", f"{year.replayed / max(year.seconds, 0.001):,.1f}"))
    return rows
