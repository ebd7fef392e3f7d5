"""manage.py load_demo_shop"""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext_lazy as _

from demo.shop.loading import DEFAULT_MEMBERS, DEFAULT_ORDERS, DEFAULT_SEED, load
from demo.workers import WorkerFailed, worker_count


class Command(BaseCommand):
    """Load the demo shop."""

    help = _(
        "Load a believable shop: products, stores, members, programs of every type and a year of "
        "orders. The same seed makes the same shop; what is there already is left as it is."
    )

    def add_arguments(self, parser: Any) -> None:
        """Take the size of the shop."""
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
        parser.add_argument("--members", type=int, default=DEFAULT_MEMBERS)
        parser.add_argument("--orders", type=int, default=DEFAULT_ORDERS)
        parser.add_argument("--processes", type=int, default=worker_count())

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it. Raises: CommandError."""
        started = time.monotonic()
        try:
            loaded = load(
                seed=options["seed"],
                members=options["members"],
                orders=options["orders"],
                processes=options["processes"],
                out=self.stdout._out,
            )
        except KeyboardInterrupt:
            raise CommandError(_("Stopped. Run it again to go on."), returncode=130) from None
        except WorkerFailed as error:
            raise CommandError(str(error)) from error
        if loaded:
            seconds = time.monotonic() - started
            self.stdout.write(_("The demo shop is open (%(seconds)d s).") % {"seconds": seconds})
        else:
            self.stdout.write(_("The demo shop is there already."))
