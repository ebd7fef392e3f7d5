"""What every test stands on: real servers, started once; and how hard hypothesis looks."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

import pytest
from asgiref.sync import SyncToAsync
from django.core.cache import cache
from django.db import connection, connections
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils import translation
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from config.local_services import hold_if_local
from events import bell
from promotions import catalog_store
from promotions.models import CatalogState, CatalogVersion

# Examples are slow on a loaded machine without being wrong: no deadline, no complaint about speed.
_patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples each time, so that the same code gets the same answer; new ones by night.
settings.register_profile("default", _patient, max_examples=200, derandomize=True)
settings.register_profile("nightly", _patient, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

_EMPTY = """
DO $$ DECLARE name text; has_rows boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOREACH name IN ARRAY ARRAY[%s] LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %%I)', name) INTO has_rows;
        IF has_rows THEN EXECUTE format('DELETE FROM %%I', name); END IF;
    END LOOP;
END $$
"""

# Tables without a model, which Django's flush does not know.
REPORTING_TABLES = [
    "promotion_report_detail",
    "order_report_detail",
    "point_report_detail",
    "program_force_set",
    "promotion_report_hourly",
    "promotion_report_daily",
    "promotion_report_customer",
    "order_report_hourly",
    "membership_report_customer",
    "point_report_hourly",
    "report_change",
    "report_archive",
]


#: Tests of up to a minute each begin first, or one process ends with them while the other waits.
_LONGEST = (
    "tests/house/test_readme.py",
    "tests/house/test_run.py",
    "tests/faults/",
    "tests/browser/test_every_page.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; the others stay in the order that pytest-django gave them."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONGEST))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Say how many processes share the tests: each has servers of its own, so one if named."""
    if os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"):
        return 0
    return min(os.cpu_count() or 1, 4)


@pytest.fixture(scope="session", autouse=True)
def local_servers() -> None:
    """Start PostgreSQL and Valkey for tests, unless DATABASE_URL and REDIS_URL name others."""
    hold_if_local()


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """Let each test begin in English: a request leaves its language to the thread it ran in."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let the tests that commit leave the database as the migrations made it.

    They empty the tables after them, the append-only ones too, and put back the first catalog.

    Their triggers refuse it, as they must; a superuser's session may say that it replays what
    another server decided, and then no trigger fires.
    """
    operations = type(connection.ops)
    flush = operations.execute_sql_flush
    with django_db_blocker.unblock():
        versions, states = list(CatalogVersion.objects.all()), list(CatalogState.objects.all())

    def flush_without_triggers(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> None:
        # Most tables of a test are empty, and deleting a few rows is much faster than giving
        # every table and index a new file, which is what TRUNCATE does.
        named = [name for sql in sql_list for name in re.findall(r'"(\w+)"', sql)]
        names = ", ".join(f"'{name}'" for name in [*REPORTING_TABLES, *named])
        flush(self, [_EMPTY % names])
        CatalogVersion.objects.bulk_create(versions)
        CatalogState.objects.bulk_create(states)

    pytest.MonkeyPatch().setattr(operations, "execute_sql_flush", flush_without_triggers)
    yield
    # These connections would keep the database from being dropped.
    bell.close()
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give every test that may use the database an empty Redis too."""
    yield
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        cache.clear()


@pytest.fixture(autouse=True)
def _forget_catalog() -> Iterator[None]:
    """Drop the catalog kept by the process: the next test's database has another history."""
    yield
    catalog_store.forget()
