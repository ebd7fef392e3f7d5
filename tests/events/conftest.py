"""What tests of consumers stand on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.events.readers import a_table_of_effects


@pytest.fixture
def effects(transactional_db: None) -> Iterator[None]:
    """A table that consumers of tests write to; the tests commit."""
    with a_table_of_effects():
        yield
