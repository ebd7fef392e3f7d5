"""`manage.py revoke_token`: take tokens back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from knox.models import get_token_model
from knox.settings import CONSTANTS

from access.errors import TokenNotFound
from access.services.revoke_token import revoke_token


class Command(BaseCommand):
    """Revoke one token, or all of a user."""

    help = "Revoke a token, named by its key or the first 15 characters of it, or all of a user."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        named = parser.add_mutually_exclusive_group(required=True)
        named.add_argument("key", nargs="?", help="the key, or its first 15 characters")
        named.add_argument("--user", metavar="USERNAME", help="all tokens of this user")

    def handle(self, *args: Any, **options: Any) -> None:
        """Revoke the tokens. Raises: CommandError if there is none."""
        tokens = get_token_model().objects.all()
        if options["user"]:
            tokens = tokens.filter(user__username=options["user"])
        else:
            tokens = tokens.filter(token_key=options["key"][: CONSTANTS.TOKEN_KEY_LENGTH])
        digests = list(tokens.values_list("digest", flat=True))
        if not digests:
            raise CommandError(str(TokenNotFound()))
        for digest in digests:
            revoked = revoke_token(digest=digest)
            self.stdout.write(f"Revoked a token of {revoked.username}.")
