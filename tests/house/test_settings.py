"""What the settings are where a database is named, and where none is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.local_services import BASE_DIR

PRINT = """
import json
from django.conf import settings
names = ["DEBUG", "LOCAL", "SECRET_KEY", "ALLOWED_HOSTS", "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS", "CONTENT_SECURITY_POLICY", "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE", "CELERY_BROKER_URL"]
found = {name: getattr(settings, name) for name in names}
found["HOST"] = settings.DATABASES["default"]["HOST"]
found["starts_servers"] = settings.LOCAL_SERVICES is not None
print(json.dumps(found))
"""


def settings_with(folder: Path, **env: str) -> tuple[dict[str, object], str]:
    """Return the settings of a process with this environment, or what it said instead."""
    done = subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOCAL_DIR": str(folder),
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "LOCAL": "",
            **env,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return (json.loads(done.stdout) if done.returncode == 0 else {}), done.stderr


def test_without_a_database_named_it_is_a_local_run(tmp_path: Path) -> None:
    found, _ = settings_with(tmp_path)
    assert found["LOCAL"] is True
    assert found["DEBUG"] is False
    assert found["starts_servers"] is True
    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert found["SECURE_SSL_REDIRECT"] is False
    assert len(str(found["SECRET_KEY"])) >= 50


def test_with_a_database_named_a_secret_is_required(tmp_path: Path) -> None:
    found, said = settings_with(tmp_path, DATABASE_URL="postgres://u:p@db/shop")
    assert found == {}
    assert "SECRET_KEY" in said


def test_with_a_database_named_it_is_production(tmp_path: Path) -> None:
    found, _ = settings_with(
        tmp_path,
        DATABASE_URL="postgres://u:p@db/shop",
        REDIS_URL="redis://cache/1",
        SECRET_KEY="given",
        ALLOWED_HOSTS="shop.example",
    )
    assert found["LOCAL"] is False
    assert found["DEBUG"] is False
    assert found["starts_servers"] is False
    assert found["SECRET_KEY"] == "given"
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] == 365 * 24 * 3600
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["CSRF_COOKIE_SECURE"] is True
    assert found["CELERY_BROKER_URL"] == "redis://cache/1"


def test_a_socket_folder_may_stand_in_place_of_the_host(tmp_path: Path) -> None:
    found, _ = settings_with(
        tmp_path,
        DATABASE_URL="postgres://postgres@%2Fvar%2Frun%2Fpostgresql/shop",
        REDIS_URL="unix:///run/valkey.sock?db=3",
        LOCAL="on",
    )
    assert found["HOST"] == "/var/run/postgresql"
    assert found["CELERY_BROKER_URL"] == "redis+socket:///run/valkey.sock?virtual_host=3"


def test_another_database_than_postgresql_is_refused(tmp_path: Path) -> None:
    found, said = settings_with(tmp_path, DATABASE_URL="sqlite:///shop.db", LOCAL="on")
    assert found == {}
    assert "DATABASE_URL must name a PostgreSQL" in said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEBUG", "maybe", "DEBUG must be on or off, not 'maybe'."),
        ("RATE_POS", "many", "RATE_POS must be a number, not 'many'."),
        ("IDEMPOTENCY_DAYS", "-1", "IDEMPOTENCY_DAYS must be 0 or more, not '-1'."),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL must be one of"),
        ("DATABASE_URL", "postgres://u:p@db/shop", "Set the SECRET_KEY environment variable"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_said_in_one_sentence(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    env = {"PATH": os.environ["PATH"], "LOCAL_DIR": str(tmp_path), name: value}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("value", "meant"), [("on", True), ("OFF", False), ("1", True), ("", False)]
)
def test_debug_is_on_only_where_it_was_said(tmp_path: Path, value: str, meant: bool) -> None:
    found, _ = settings_with(tmp_path, DEBUG=value)
    assert found["DEBUG"] is meant


def test_pages_may_speak_to_the_live_port_by_names_that_a_policy_can_hold(tmp_path: Path) -> None:
    found, _ = settings_with(tmp_path, LIVE_PORT="8001")
    policy = found["CONTENT_SECURITY_POLICY"]
    assert isinstance(policy, dict)
    allowed = policy["DIRECTIVES"]["connect-src"]
    assert allowed == ["'self'", "ws://localhost:8001", "ws://127.0.0.1:8001"]
