"""`manage.py load_demo_shop`: a believable shop with a year behind it."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.progress import stream_of
from demo.shop.loading import DEFAULT_MEMBERS, DEFAULT_ORDERS, DEFAULT_SEED, load
from demo.workers import WorkerFailed, worker_count

# Fewer would not have all levels.
_FEWEST_MEMBERS = 20


class Command(BaseCommand):
    """Load the demo shop."""

    help = (
        "Load products, stores, members, programs of every type and a year of orders. The same "
        "seed makes the same shop; what is there already is left as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
        parser.add_argument("--members", type=int, default=DEFAULT_MEMBERS)
        parser.add_argument("--orders", type=int, default=DEFAULT_ORDERS)
        parser.add_argument("--processes", type=int, default=worker_count())

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it. Raises: CommandError."""
        if options["members"] < _FEWEST_MEMBERS:
            raise CommandError(f"--members is at least {_FEWEST_MEMBERS}.")
        started = time.monotonic()
        try:
            loaded = load(
                seed=options["seed"],
                members=options["members"],
                orders=options["orders"],
                processes=options["processes"],
                out=stream_of(self.stdout),
            )
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again to go on.", returncode=130) from None
        except WorkerFailed as error:
            raise CommandError(str(error)) from error
        if loaded:
            self.stdout.write(f"The demo shop is open ({time.monotonic() - started:.0f} s).")
        else:
            self.stdout.write("The demo shop is there already.")
