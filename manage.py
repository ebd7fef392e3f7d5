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
    from django.core.management import execute_from_command_line

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command not in WITHOUT_SERVERS and not {"--help", "-h", "--version"} & set(sys.argv):
        from config.local_services import LocalServicesError, hold_if_local

        try:
            hold_if_local()
        except LocalServicesError as error:
            sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
