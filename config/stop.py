"""Stop the local servers of this checkout, whoever uses them: `make stop`."""

import os
import sys

from config.local_services import LocalServicesError


def main() -> str | None:
    """Stop them and say what was done. Return why it failed, or None."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings

    if settings.LOCAL_SERVICES is None:
        return "DATABASE_URL and REDIS_URL name servers that Punchcard did not start."
    try:
        was_running = settings.LOCAL_SERVICES.stop()
    except LocalServicesError as error:
        return str(error)
    print("Stopped PostgreSQL and Valkey." if was_running else "Nothing was running.")
    return None


if __name__ == "__main__":
    sys.exit(main())
