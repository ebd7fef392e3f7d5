"""`manage.py archive_reports`: put old details of reports into files, now or as a rehearsal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import PunchcardError
from reporting.archive.details import count_rows
from reporting.queries.retention import plan_retention
from reporting.services.archive_partition import PartitionArchived
from reporting.services.archive_reports import archive_reports

MEGABYTE = 1024 * 1024


class Command(BaseCommand):
    """Does at once what the timetable does by night."""

    help = "Write old details of reports as Parquet and drop them; delete what is older still."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say what goes, month by month."""
        at = timezone.now()
        if options["dry_run"]:
            self._rehearse(at)
            return
        try:
            done = archive_reports(at=at, progress=self._tell)
        except PunchcardError as error:
            raise CommandError(str(error)) from error
        for table, rows in done.summaries.items():
            self.stdout.write(f"{table}: {rows:,} rows deleted.")
        if done.files:
            self.stdout.write(f"{done.files} files deleted.")
        if not (done.partitions or done.summaries or done.files):
            self.stdout.write("Nothing is old enough.")

    def _rehearse(self, at: Any) -> None:
        planned = plan_retention(at)
        for one in planned.partitions:
            about = f"{count_rows(one.name):,} rows, {one.size / MEGABYTE:,.1f} MB"
            self.stdout.write(f"{one.name}: {about} would go into a file.")
        for table, rows in planned.summaries.items():
            if rows:
                before = planned.summaries_before
                self.stdout.write(f"{table}: {rows:,} rows before {before} would be deleted.")
        for file in planned.files:
            self.stdout.write(f"{file.file} would be deleted for good.")
        if not (planned.partitions or any(planned.summaries.values()) or planned.files):
            self.stdout.write("Nothing is old enough.")

    def _tell(self, done: PartitionArchived) -> None:
        if done.rows is None:
            self.stdout.write(f"{done.name}: in use, left for another time.")
        else:
            self.stdout.write(
                f"{done.name}: {done.rows:,} rows in {done.size / MEGABYTE:,.1f} MB, read back "
                "and compared."
            )
