"""The servers that tests run on are the ones the product promises to work with."""

import pytest
from django.core.cache import cache
from django.db import connection


@pytest.mark.django_db
def test_postgresql_is_15_or_newer() -> None:
    connection.ensure_connection()
    assert connection.pg_version >= 150000  # type: ignore[attr-defined]


def test_the_cache_is_a_real_redis() -> None:
    cache.set("house", {"a": 1}, 5)
    assert cache.get("house") == {"a": 1}
