"""`manage.py replay_orders --verify`: decide committed orders again; nothing may differ."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import Missing
from core.progress import progress_of, stream_of
from promotions.api.lookups import find_program
from promotions.models import PosConfig
from promotions.services.replay_orders import OrdersReplayed, replay_orders


class Command(BaseCommand):
    """Decides orders again from what they stored and the versions of their programs."""

    help = (
        "Decide committed orders again from the cart, the wallet and the instant that they "
        "stored, under the program versions that were in force. Ends with status 1 if any differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which orders."""
        parser.add_argument("--verify", action="store_true", help="compare; it is what it does")
        parser.add_argument("--since", type=date.fromisoformat, help="first day, as 2026-01-31")
        parser.add_argument("--until", type=date.fromisoformat, help="last day, included")
        parser.add_argument("--pos", metavar="REF", help="orders of this point of sale")
        parser.add_argument("--program", metavar="REF", help="orders it gave something; or its id")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Replay with a bar, then tell. Raises: CommandError if anything differs."""
        program_id = self._program(options["program"])
        if options["pos"] and not PosConfig.objects.filter(ref=options["pos"]).exists():
            raise CommandError(f"There is no point of sale {options['pos']}.")
        until = options["until"]
        with progress_of("Orders", total=0, out=stream_of(self.stdout)) as bar:
            done = 0

            def tell(orders: int, total: int) -> None:
                nonlocal done
                bar.expect(total)
                bar.advance(orders - done)
                done = orders

            found = replay_orders(
                since=_begin(options["since"]),
                until=_begin(until + timedelta(days=1)) if until else None,
                pos_ref=options["pos"],
                program_id=program_id,
                progress=tell,
            )
        self._tell(found)

    @staticmethod
    def _program(name: str | None) -> int | None:
        if name is None:
            return None
        try:
            return find_program(name)
        except Missing as error:
            raise CommandError(f"There is no program {name}.") from error

    def _tell(self, found: OrdersReplayed) -> None:
        for one in found.differences:
            self.stderr.write(f"{one.ref}: {one.what} was {one.stored}, is {one.now}")
        if found.different:
            raise CommandError(f"{found.different:,} of {found.orders:,} orders differ.")
        self.stdout.write(f"{found.orders:,} orders decided again, no difference.")


def _begin(day: date | None) -> datetime | None:
    """Return when a day begins, on the clock of the installation."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day, time.min))
