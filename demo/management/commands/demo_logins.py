"""`manage.py demo_logins`: who may sign in to the demo."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.shop.accounts import accounts_file, read_accounts
from demo.shop.assortment import STORES


class Command(BaseCommand):
    """Print the secrets of the demo."""

    help = "Print the users, passwords and till tokens of the demo shop."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them. Raises: CommandError if the demo shop was not loaded."""
        accounts = read_accounts()
        if accounts is None:
            raise CommandError("There are no demo logins. Run manage.py load_demo_shop first.")
        for name, password in accounts.passwords.items():
            self.stdout.write(f"  {name:<12} {password}")
        names = {store.ref: store.name for store in STORES}
        for store, token in accounts.till_tokens.items():
            self.stdout.write(f"  till token   {token}  ({names.get(store, store)})")
        self.stdout.write(f"  kept in      {accounts_file()}")
