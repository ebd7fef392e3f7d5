"""`manage.py create_token`: a token for a till or a script."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.caller import Role
from access.known_pos import is_known_pos
from access.services.create_token import create_token
from core.errors import PunchcardError

DEFAULT_DAYS = 365


class Command(BaseCommand):
    """Print a new token's key, alone on the last line."""

    help = "Make a token for the API, and its user if missing; the key is the last line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("username")
        parser.add_argument("--role", required=True, choices=[role.value for role in Role])
        parser.add_argument("--pos", default="", metavar="REF", help="the POS of a till's token")
        parser.add_argument(
            "--expires-days",
            type=int,
            default=DEFAULT_DAYS,
            metavar="N",
            help=f"days until it expires ({DEFAULT_DAYS}); 0: it does not",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the token. Raises: CommandError with what was refused."""
        days: int = options["expires_days"]
        if not 0 <= days <= 36_500:
            raise CommandError("--expires-days is 0 to 36500.")
        pos_ref: str = options["pos"]
        if pos_ref and not is_known_pos(pos_ref):
            raise CommandError(f"There is no point of sale with the reference {pos_ref!r}.")
        try:
            made = create_token(
                username=options["username"],
                role=Role(options["role"]),
                pos_ref=pos_ref,
                lifetime=timedelta(days=days) if days else None,
            )
        except PunchcardError as error:
            raise CommandError(str(error)) from error
        if made.user_is_new:
            self.stdout.write(f"Made the user {options['username']}, who has no password.")
        self.stdout.write(made.key)
