"""`manage.py make_bundle_key`: a new key to sign bundles for tills without a line."""

from django.core.management.base import BaseCommand

from promotions.offline.keys import new_seed


class Command(BaseCommand):
    """Print a key for BUNDLE_KEYS; it is stored nowhere."""

    help = "Print a new key for BUNDLE_KEYS, which signs the bundles of offline tills."

    def handle(self, *args: object, **options: object) -> None:
        """Print the key alone."""
        self.stdout.write(new_seed())
