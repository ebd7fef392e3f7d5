"""`manage.py rebuild_reports`: make the facts and summaries of a span of days anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from core.errors import PunchcardError
from core.progress import progress_of, stream_of
from reporting.facts.months import CALENDAR
from reporting.queries.clocks import facts_of_other_clocks
from reporting.queries.period import EARLIEST, LATEST, check_days
from reporting.services.load_facts import FactsLoaded
from reporting.services.rebuild_clickhouse import rebuild_clickhouse
from reporting.services.rebuild_facts import rebuild_facts
from reporting.services.refresh_views import refresh_views

_SPAN = """
SELECT min(at)::date - 1, max(at)::date + 1 FROM (
    SELECT ordered_at AS at FROM promotions_order
    UNION ALL SELECT returned_at FROM promotions_orderreturn
    UNION ALL SELECT transaction_time FROM loyalty_pointoperation
) AS moments WHERE at >= %s AND at < %s
"""

# No two clocks are farther apart, in whole days.
_TWO_CLOCKS = timedelta(days=2)


class Command(BaseCommand):
    """Makes facts and summaries anew from the orders and the ledger, and refreshes the views."""

    help = "Make the facts and summaries of reports anew from the orders and the ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the first and the last day."""
        parser.add_argument("--since", type=date.fromisoformat, help="first day, as 2026-01-31")
        parser.add_argument("--until", type=date.fromisoformat, help="last day (today)")
        parser.add_argument(
            "--from-log",
            action="store_true",
            help="from the event log, as far as it is kept; otherwise from orders and ledger",
        )
        parser.add_argument(
            "--clickhouse-only", action="store_true", help="copy to ClickHouse what is there"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Rebuild a month at a time, with a bar of the days done."""
        with connection.cursor() as cursor:
            cursor.execute(_SPAN, CALENDAR)
            first, last = (one and min(max(one, EARLIEST), LATEST) for one in cursor.fetchone())
        since, until = options["since"] or first, options["until"] or last
        if since is None or until is None:
            self.stdout.write(
                "There are no orders or points yet, so there is nothing to report on."
            )
            return
        try:
            check_days(since, until)
        except PunchcardError as error:
            raise CommandError(str(error)) from error
        if options["clickhouse_only"] and not settings.CLICKHOUSE_URL:
            raise CommandError("CLICKHOUSE_URL names no ClickHouse.")
        if not options["clickhouse_only"]:
            with self._bar("Days", since, until) as tell:
                loaded = self._rebuild(since, until, tell, from_log=options["from_log"])
            refresh_views()
            self.stdout.write(
                f"{loaded.promotion_facts:,} facts of programs, {loaded.order_facts:,} of orders, "
                f"{loaded.point_facts:,} of points."
            )
            self._tell_other_clocks()
            # What was made anew may have stood beside these days, by the clock of before.
            since, until = since - _TWO_CLOCKS, until + _TWO_CLOCKS
        if settings.CLICKHOUSE_URL:
            with self._bar("Days in ClickHouse", since, until) as tell:
                copied = rebuild_clickhouse(since=since, until=until, progress=tell)
            self.stdout.write(f"{copied:,} rows copied to ClickHouse.")

    def _tell_other_clocks(self) -> None:
        other = facts_of_other_clocks()
        if other is not None:
            self.stdout.write(
                f"{other.facts:,} facts of other days are by the clock their store had before: "
                f"rebuild them too, --since {other.first} --until {other.last}."
            )

    def _rebuild(
        self, since: date, until: date, tell: Callable[[int, int], None], *, from_log: bool
    ) -> FactsLoaded:
        """Rebuild the facts. Raises: CommandError where the log does not reach so far."""
        try:
            return rebuild_facts(since=since, until=until, from_log=from_log, progress=tell)
        except PunchcardError as error:
            raise CommandError(f"{error.code}: {error}") from error

    @contextmanager
    def _bar(self, name: str, since: date, until: date) -> Iterator[Callable[[int, int], None]]:
        """Draw a bar; give what is to be told how many days are done."""
        total, done = (until - since).days + 1, 0
        with progress_of(name, total=total, out=stream_of(self.stdout)) as bar:

            def tell(days_done: int, _days: int) -> None:
                nonlocal done
                bar.advance(days_done - done)
                done = days_done

            yield tell
