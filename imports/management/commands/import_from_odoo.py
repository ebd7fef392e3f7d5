"""`manage.py import_from_odoo`: take over an Odoo."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import PunchcardError
from core.progress import stream_of
from imports.management.telling import Bars, tell
from imports.odoo.database import open_database
from imports.odoo.json_rpc import OdooJsonRpc
from imports.odoo.reading import TABLES
from imports.odoo.source import Source
from imports.odoo.step import Odoo
from imports.refused_csv import refused_csv
from imports.services.import_from_odoo import import_from_odoo


class Command(BaseCommand):
    """Take over products, members, programs, cards and orders of an Odoo 17 or 18."""

    help = (
        "Take over products, members, programs, cards and orders of an Odoo 17 or 18: from its "
        "database (ODOO_DATABASE_URL) or over JSON-RPC (--json-rpc, key in ODOO_API_KEY). Run it "
        "again to take over what changed since, or to go on after it was stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        where = parser.add_mutually_exclusive_group()
        where.add_argument(
            "--database", metavar="URL", help="its PostgreSQL; without: ODOO_DATABASE_URL"
        )
        where.add_argument("--json-rpc", metavar="URL", help="its address, https://odoo.example")
        parser.add_argument("--rpc-database", metavar="NAME", help="the database's name there")
        parser.add_argument("--user", help="the login of a user that may read it")
        parser.add_argument("--source", default="odoo", help="the name it is remembered under")
        parser.add_argument("--language", default="en_US", help="of names, as Odoo calls it")
        parser.add_argument("--sku", choices=["default_code", "barcode"], default="default_code")
        parser.add_argument(
            "--time-zone", default=settings.TIME_ZONE, help="of companies that name none"
        )
        parser.add_argument(
            "--tables", nargs="+", choices=TABLES, default=list(TABLES), metavar="TABLE",
            help=f"only these of {', '.join(TABLES)}",
        )  # fmt: skip
        parser.add_argument("--full", action="store_true", help="read what was read before too")
        parser.add_argument("--dry-run", action="store_true", help="write nothing")
        parser.add_argument("--refused", type=Path, metavar="FILE", help="write a CSV of faults")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, tell what it came to, and what cards hold. Raises: CommandError."""
        if not options["source"].isidentifier() or len(options["source"]) > 16:
            raise CommandError("--source is a short name of letters, digits and underscores.")
        out = stream_of(self.stdout)
        try:
            with _open(options) as source, Bars(out) as bars:
                done = import_from_odoo(
                    odoo=Odoo(source, options["source"], options["sku"], options["time_zone"]),
                    tables=options["tables"],
                    full=options["full"],
                    dry_run=options["dry_run"],
                    at=timezone.now(),
                    progress=bars,
                )
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again to go on.", returncode=130) from None
        except PunchcardError as error:
            raise CommandError(f"{error.code}: {error}") from error
        equal = tell(out, done.tally, done.balances, dry_run=options["dry_run"])
        if options["refused"]:
            faults = refused_csv(done.tally.stored_faults())
            options["refused"].write_text("".join(faults), encoding="utf-8")
        if not equal:
            raise CommandError("Balances differ, or points were refused; see above.")


@contextmanager
def _open(options: dict[str, Any]) -> Iterator[Source]:
    """Give the Odoo that the options and the environment name. Raises: CommandError."""
    if options["json_rpc"]:
        key = os.environ.get("ODOO_API_KEY", "")
        if not (key and options["user"] and options["rpc_database"]):
            raise CommandError("--json-rpc needs --rpc-database, --user and ODOO_API_KEY.")
        yield OdooJsonRpc(
            address=options["json_rpc"],
            database=options["rpc_database"],
            user=options["user"],
            key=key,
            language=options["language"],
        )
        return
    url = options["database"] or os.environ.get("ODOO_DATABASE_URL", "")
    if not url:
        raise CommandError("Name the Odoo: ODOO_DATABASE_URL, --database or --json-rpc.")
    with open_database(url, language=options["language"]) as database:
        yield database
