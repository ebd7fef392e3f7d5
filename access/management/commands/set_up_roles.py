"""`manage.py set_up_roles`: the groups of marketing staff and managers."""

from typing import Any

from django.core.management.base import BaseCommand

from access.services.set_up_roles import set_up_roles


class Command(BaseCommand):
    """Make or repair the groups that the admin's permissions rest on."""

    help = 'Make the groups "marketing" and "manager" with their permissions; run after migrate.'

    def handle(self, *args: Any, **options: Any) -> None:
        """Set the groups up and say what they hold."""
        held = set_up_roles().permissions
        for group, number in held.items() if options["verbosity"] else ():
            self.stdout.write(f"{group}: {number} permissions")
