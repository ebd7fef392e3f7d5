"""`manage.py run_scenarios`: baskets with expected totals, through the API, rolled back."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from promotions.scenarios.report import as_data, as_lines, closing_line
from promotions.scenarios.runner import Outcome, Status, find_files, rolled_back, run_file
from promotions.scenarios.schema import InvalidScenario

EXAMPLES = Path(settings.BASE_DIR) / "examples" / "scenarios"


class Command(BaseCommand):
    """Run scenario files and say which came out as expected."""

    help = (
        "Run scenario files (*.json, or folders of them) through the API in a transaction that "
        "is rolled back. The exit status is 1 if one fails. See docs/scenarios.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("paths", nargs="*", type=Path, default=[EXAMPLES], metavar="PATH")
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument(
            "--live",
            action="store_true",
            help="leave the programs of this shop in force: test them, not only those of the files",
        )
        parser.add_argument("--quiet", action="store_true", help="leave out those that pass")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run them. Raises: CommandError with exit status 2 for a file that is no scenario, when
        the others have been run.
        """
        outcomes: list[Outcome] = []
        invalid: list[str] = []
        try:
            files = find_files(options["paths"])
        except InvalidScenario as error:
            raise CommandError(str(error), returncode=2) from error
        with rolled_back(with_published=options["live"]) as rest:
            for path in files:
                try:
                    outcomes.append(run_file(rest, path))
                except InvalidScenario as error:
                    invalid.append(str(error))
                    continue
                if not options["json"]:
                    self._tell(outcomes[-1], quiet=options["quiet"])
        if options["json"]:
            self.stdout.write(json.dumps(as_data(outcomes), indent=2))
        else:
            self.stdout.write(closing_line(outcomes))
        if invalid:
            raise CommandError("\n".join(invalid), returncode=2)
        if any(outcome.status is Status.FAIL for outcome in outcomes):
            raise SystemExit(1)

    def _tell(self, outcome: Outcome, *, quiet: bool) -> None:
        if quiet and outcome.status is Status.PASS:
            return
        style = self.style.ERROR if outcome.status is Status.FAIL else str
        for line in as_lines(outcome):
            self.stdout.write(style(line))
