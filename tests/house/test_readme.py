"""What the README tells a newcomer to type works, in the order it is told."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config.local_services import BASE_DIR
from tests.house.local_run import READY, free_port, read_until, start
from tests.house.processes import eventually, living

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Running the tests from a test would not end; what these do is what the test itself does.
STARTS = "make run\n"
TESTS = "make test\n"


def blocks() -> list[str]:
    """Return the shell blocks of the README, in order."""
    return BLOCK.findall((BASE_DIR / "README.md").read_text())


def test_the_readme_begins_with_two_commands() -> None:
    assert blocks()[:2] == [STARTS, TESTS]


@pytest.mark.slow
def test_the_readmes_commands_do_what_it_says(folder: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    env |= {"LOCAL_DIR": str(folder), "LOCAL_DURABLE": "off", "DATABASE_URL": "", "LOCAL": "on"}
    env["DJANGO_SETTINGS_MODULE"] = "config.settings"
    for command in (["migrate"], ["load_demo_shop", "--members", "20", "--orders", "20"]):
        line = [sys.executable, "manage.py", *command]
        subprocess.run(line, cwd=BASE_DIR, env=env, check=True, capture_output=True)
    port = free_port()
    with start(folder, port) as run:
        read_until(run, READY)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script(port)],
            cwd=BASE_DIR,
            env={**env, "PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    demo, quote, order, returned = done.stdout.split("\n=====\n")
    assert "Subtotal" in demo
    assert "To pay" in demo
    assert json.loads(quote)["discount_total"] == json.loads(quote)["lines"][0]["unit_price"]
    assert json.loads(quote)["status"] == "quoted"
    assert json.loads(order)["status"] == "committed"
    assert json.loads(order)["total"] == json.loads(quote)["total"]
    assert "refund" in returned
    assert eventually(lambda: living(folder) == [])


def script(port: int) -> str:
    """Return the README's commands as one script, against another port than its own."""
    wanted = [block for block in blocks() if block not in {STARTS, TESTS}]
    between = [
        block + ("echo =====\n" if not block.startswith("TOKEN=") else "") for block in wanted
    ]
    text = "".join(between).removesuffix("echo =====\n").replace(":8000/", f":{port}/")
    # The virtual environment of whoever runs the tests need not be the README's.
    return text.replace(".venv/bin/python", sys.executable)
