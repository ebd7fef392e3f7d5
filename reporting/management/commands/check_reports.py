"""`manage.py check_reports`: are the reports what the orders say?"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import PunchcardError
from reporting.queries.period import GroupBy
from reporting.services.check_reports import check_reports

SHOWN = 20


class Command(BaseCommand):
    """Counts every measure again from the orders, and ends with status 1 if one differs."""

    help = "Count every measure of the reports again from the orders, and tell what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the days and how they are cut."""
        today = timezone.localdate()
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            default=today - timedelta(days=30),
            help="first day, as 2026-01-31 (30 days ago)",
        )
        parser.add_argument("--until", type=date.fromisoformat, default=today, help="last (today)")
        parser.add_argument(
            "--group-by", choices=[one.value for one in GroupBy], default=GroupBy.DAY.value
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say how many numbers were compared, and which differ."""
        try:
            done = check_reports(
                since=options["since"],
                until=options["until"],
                group_by=GroupBy(options["group_by"]),
            )
        except PunchcardError as error:
            raise CommandError(str(error)) from error
        for one in done.differences[:SHOWN]:
            key = ", ".join(str(part) for part in one.key)
            self.stderr.write(
                f"{one.report}: {key}: counted {one.counted}, reported {one.reported}"
            )
        self.stdout.write(f"{done.numbers:,} numbers, {len(done.differences):,} differ.")
        if done.differences:
            sys.exit(1)
