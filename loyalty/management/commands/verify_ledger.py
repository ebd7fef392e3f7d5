"""Prove that the ledger adds up, card by card."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from core import codes
from loyalty.models import LoyaltyCard
from loyalty.services.verify_ledger import verify_ledger


class Command(BaseCommand):
    """Prove that the ledger adds up; exit 1 and name the first row that does not."""

    help = "Prove that balances, lots and the hash chain of every card's journal add up."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which cards and from when."""
        parser.add_argument("cards", nargs="*", metavar="CODE", help="codes of cards; none: all")
        parser.add_argument(
            "--since", type=_instant, help="only journal rows from this instant on (ISO 8601)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, and print what was seen."""
        report = verify_ledger(
            card_ids=_ids(options["cards"]) if options["cards"] else None,
            since=options["since"],
            progress=self._show,
        )
        if report.flaw is not None:
            flaw = report.flaw
            place = f", sequence {flaw.sequence}" if flaw.sequence is not None else ""
            raise CommandError(
                f"card {flaw.card_id}: {flaw.table} {flaw.row_id}{place}: {flaw.what}:"
                f" expected {flaw.expected}, found {flaw.found}"
            )
        self.stdout.write(
            self.style.SUCCESS(f"{report.cards} cards, {report.rows} journal rows: all add up.")
        )

    def _show(self, cards: int) -> None:
        """Count on a terminal; in a file or a pipe the result alone is wanted."""
        if self.stdout.isatty():
            self.stdout.write(f"{cards} cards", ending="\r")


def _ids(typed: list[str]) -> list[int]:
    found = dict(
        LoyaltyCard.objects.filter(
            code_key__in=[codes.normalise(code) for code in typed]
        ).values_list("code_key", "pk")
    )
    missing = [code for code in typed if codes.normalise(code) not in found]
    if missing:
        raise CommandError(f"no such card: {', '.join(missing)}")
    return list(found.values())


def _instant(text: str) -> datetime:
    try:
        instant = parse_datetime(text)
    except ValueError:
        instant = None
    if instant is None:
        raise argparse.ArgumentTypeError(f"not an instant: {text!r}; try 2026-01-31T00:00:00Z")
    return instant if timezone.is_aware(instant) else timezone.make_aware(instant)
