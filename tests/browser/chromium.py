"""Find Chromium for the browser tests, or get it: `python -m tests.browser.chromium`.

Looked for: the setting CHROMIUM, the PATH, Playwright's own. Else root installs Debian's package,
and anybody else takes Playwright's download. Where neither works, the tests that need a browser
are skipped and say so; with REQUIRE_CHROMIUM=1 that is an error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "No Chromium: CHROMIUM names none, none of "
    + ", ".join(NAMES)
    + " is on the PATH, and it could not be installed. The tests of the admin and the till in a "
    "browser (tests/browser) do not run. Install Chromium or set CHROMIUM to its path."
)


def find_chromium() -> str | None:
    """Return the path of a Chromium to test with, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    for name in NAMES:
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def is_required() -> bool:
    """Tell whether a missing Chromium is an error."""
    return os.environ.get("REQUIRE_CHROMIUM", "") not in {"", "0"}


def get_chromium() -> None:
    """Install Chromium by the means this machine has; leaves it to `find_chromium` to see."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Debian's Chromium for the browser tests ...", flush=True)
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            _quietly(["apt-get", "-q", *command])
    else:
        print("Downloading Playwright's Chromium for the browser tests ...", flush=True)
        _quietly([sys.executable, "-m", "playwright", "install", "chromium"])


def _quietly(command: list[str]) -> None:
    """Run the command; show its last words only when it fails."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, check=False, env=env, capture_output=True, text=True, timeout=600
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{' '.join(command)}: {error}", flush=True)
        return
    if done.returncode != 0:
        print(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-600:]}", flush=True)


def main() -> int:
    """Make sure there is a Chromium. Return 1 if there is none and one is required."""
    if find_chromium() is None:
        if not os.environ.get("CHROMIUM"):
            get_chromium()
        if find_chromium() is None:
            print(MISSING, flush=True)
            return 1 if is_required() else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
