"""The product's settings for tests: servers of their own, and nothing that only costs time."""

import os
from pathlib import Path

os.environ.setdefault("LOCAL", "on")
os.environ.setdefault("LOCAL_DIR", str(Path(__file__).resolve().parent.parent / ".local" / "test"))
os.environ.setdefault("LOCAL_DURABLE", "off")

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
