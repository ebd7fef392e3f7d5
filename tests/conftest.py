"""What every test stands on: real servers, started once; and how hard hypothesis looks."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, settings

from config.local_services import hold_if_local

# Examples are slow on a loaded machine without being wrong: no deadline, no complaint about speed.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("default", max_examples=200, **_PATIENT)
settings.register_profile("nightly", max_examples=2000, **_PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session", autouse=True)
def local_servers() -> None:
    """Start PostgreSQL and Valkey for tests, unless DATABASE_URL and REDIS_URL name others."""
    hold_if_local()


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give every test that may use the database an empty Redis too."""
    yield
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        cache.clear()
