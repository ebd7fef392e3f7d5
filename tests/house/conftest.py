"""Folders for the servers of one test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local_services import LocalServices


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder for servers of the test's own, which are stopped after it."""
    # Not tmp_path: pytest's own folders are closed to the account root's servers run as.
    path = Path(tempfile.mkdtemp(prefix="punchcard-test-", dir="/tmp")).resolve()
    path.chmod(0o755)
    yield path
    LocalServices(path).stop()
    shutil.rmtree(path)
