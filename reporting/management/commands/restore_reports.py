"""`manage.py restore_reports 2026-01`: bring a month of details back out of its files."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import PunchcardError
from reporting.services.restore_month import restore_month


def read_month(text: str) -> date:
    """Return the first day of a month written as 2026-01. Raises: ArgumentTypeError."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ArgumentTypeError("write the month as 2026-01") from None


class Command(BaseCommand):
    """Puts the rows back where they were."""

    help = "Bring the details of a month back out of their files."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the month, and for how long."""
        parser.add_argument("month", type=read_month, help="as 2026-01, of UTC")
        days = settings.REPORT_RESTORED_DAYS
        parser.add_argument(
            "--days", type=int, default=days, help=f"leave it there for so many days ({days})"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say how many rows came back."""
        try:
            done = restore_month(month=options["month"], at=timezone.now(), days=options["days"])
        except PunchcardError as error:
            raise CommandError(str(error)) from error
        for relation, rows in done.rows.items():
            self.stdout.write(f"{relation}: {rows:,} rows are back.")
