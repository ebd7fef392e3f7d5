"""`manage.py import_files`: take over files of another system."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import PunchcardError
from core.progress import stream_of
from imports.files.kinds import KINDS
from imports.management.telling import Bars, tell
from imports.refused_csv import refused_csv
from imports.services.import_file import import_file


class Command(BaseCommand):
    """Take over products, members, cards with balances, and orders from a file."""

    help = (
        "Take over a CSV, JSON lines or Parquet file of products, partners, cards with balances, "
        "orders or pos_configs. Run it again with a newer file: only what differs is loaded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("path", type=Path, metavar="FILE")
        parser.add_argument("--kind", choices=KINDS, required=True)
        parser.add_argument("--source", default="files", help="the name it is remembered under")
        parser.add_argument(
            "--mapping", type=Path, metavar="FILE", help="JSON: our fields to the file's columns"
        )
        parser.add_argument("--dry-run", action="store_true", help="write nothing")
        parser.add_argument("--refused", type=Path, metavar="FILE", help="write a CSV of faults")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and tell what it came to. Raises: CommandError."""
        if not options["source"].isidentifier() or len(options["source"]) > 16:
            raise CommandError("--source is a short name of letters, digits and underscores.")
        out = stream_of(self.stdout)
        try:
            with Bars(out) as bars:
                done = import_file(
                    path=options["path"],
                    kind=KINDS[options["kind"]](options["source"]),
                    source=options["source"],
                    columns=_mapping(options["mapping"]),
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


def _mapping(path: Path | None) -> dict[str, str]:
    """Return the mapping in a file. Raises: CommandError."""
    if path is None:
        return {}
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise CommandError(f"--mapping: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise CommandError('--mapping is an object such as {"sku": "ItemNo"}.')
    return found
