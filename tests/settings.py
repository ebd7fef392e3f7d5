"""The product's settings for tests: servers of their own, and nothing that only costs time."""

import os
from pathlib import Path

os.environ.setdefault("LOCAL", "on")
os.environ.setdefault("LOCAL_DIR", str(Path(__file__).resolve().parent.parent / ".local" / "test"))
os.environ.setdefault("LOCAL_DURABLE", "off")
# Tests are shared between processes, each with its own PostgreSQL and Valkey. What the process
# that started them has set is inherited, and what a test starts inherits theirs in turn.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if _worker and Path(os.environ["LOCAL_DIR"]).name != _worker:
    os.environ["LOCAL_DIR"] = str(Path(os.environ["LOCAL_DIR"]) / _worker)

from config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
# All tests call their till by one name, and what it got wrong is counted for ten minutes.
WRONG_CODES_PER_POS = 10_000
WRONG_CODES_PER_PARTNER = 10_000
