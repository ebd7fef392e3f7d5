"""No file, function or name that makes the house hard to live in."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from tests.house.tree import APPS, BASE_DIR, PACKAGES, parsed, python_files, short

LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 60
SAYS_NOTHING = {"utils.py", "helpers.py", "common.py", "manager.py", "managers.py", "misc.py"}
# knox makes and deletes the rows of tokens itself; its rows changing is all we can listen to.
MAY_LISTEN_TO_SIGNALS = {"access/hooks.py"}
MUST_NOT_BE_COMMITTED = {
    "two versions of a text": re.compile(r"^(<{7}|>{7}) ", re.MULTILINE),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a cloud key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a platform's token": re.compile(r"\b(gh[pousr]_[0-9A-Za-z]{36}|xox[abprs]-[0-9A-Za-z-]{10,})"),
    "a password in an address": re.compile(
        r"\b(postgres(ql)?|rediss?|amqp|https?)://[^\s:/@{}<>$]+:(?!(?:secret|password|punchcard|p)@)[^\s:/@{}<>$]+@"
    ),
}


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    lengths = {short(path): len(path.read_text().splitlines()) for path in python_files(*PACKAGES)}
    assert {path: n for path, n in lengths.items() if n > LINES_OF_A_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {}
    for path in python_files(*PACKAGES):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LINES_OF_A_FUNCTION:
                    long[f"{short(path)}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [short(p) for p in python_files(*PACKAGES) if p.name in SAYS_NOTHING] == []


def test_no_logic_of_ours_hangs_on_signals() -> None:
    listeners = set()
    for path in python_files(*APPS):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django."):
                names = {alias.name for alias in node.names}
                if "signals" in (node.module or "") or names & {"signals", "receiver"}:
                    listeners.add(short(path))
    assert listeners <= MAY_LISTEN_TO_SIGNALS


def test_no_secret_and_no_half_merged_text_is_committed() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=BASE_DIR, capture_output=True, text=True, check=True
    )
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        path = BASE_DIR / name
        if not path.is_file():
            continue
        text = path.read_text(errors="ignore")
        found += [
            f"{name}: {what}"
            for what, pattern in MUST_NOT_BE_COMMITTED.items()
            if pattern.search(text)
        ]
    assert found == []


def test_imports_go_one_way() -> None:
    lint = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(lint, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
