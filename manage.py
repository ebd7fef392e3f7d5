#!/usr/bin/env python
"""Punchcard's command line: `python manage.py help` lists what it can do."""

import os
import sys

# Commands that read or write files alone; every other one finds the servers running.
WITHOUT_SERVERS = {"help", "version", "check", "collectstatic", "compilemessages", "makemessages"}
WITHOUT_SERVERS |= {"diffsettings", "spectacular"}


def main() -> None:
    """Run one management command, with the project's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from config.local_services import LocalServicesError, hold_if_local

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        if command not in WITHOUT_SERVERS and not {"--help", "-h", "--version"} & set(sys.argv):
            hold_if_local()
        execute_from_command_line(sys.argv)
    except (LocalServicesError, ImproperlyConfigured) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
