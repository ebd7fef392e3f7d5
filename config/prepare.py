"""What a local run needs before it can serve: tables, roles, static files, the demo shop.

One process for all of it, as most of a short command's time is Django starting.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from config.local_services import LocalServicesError, hold_if_local


def main() -> str | None:
    """Prepare. Return why it failed, or None."""
    try:
        django.setup()
        hold_if_local()
        print("Updating the database ...", flush=True)
        call_command("migrate", verbosity=0)
        call_command("set_up_roles", verbosity=0)
        collect_static_files()
        if settings.DEMO_SHOP:
            print("Looking after the demo shop ...", flush=True)
            call_command("load_demo_shop")
    except (CommandError, LocalServicesError, ImproperlyConfigured) as error:
        return str(error)
    except OperationalError as error:
        return f"The database of DATABASE_URL cannot be used: {error}"
    return None


def collect_static_files() -> None:
    """Collect and compress static files, unless they are as they were the last time."""
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".made-of"
    digest = hashlib.sha256("\n".join(sorted(_sources())).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    print("Collecting static files ...", flush=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest)


def _sources() -> Iterator[str]:
    """Yield a line for every static file there is: changed files have other sizes or times."""
    folders = [*settings.STATICFILES_DIRS]
    folders += [Path(app.path) / "static" for app in apps.get_app_configs()]
    for folder in folders:
        for path in Path(folder).rglob("*"):
            if path.is_file():
                state = path.stat()
                yield f"{path} {state.st_size} {state.st_mtime_ns}"


if __name__ == "__main__":
    sys.exit(main())
