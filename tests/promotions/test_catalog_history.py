"""Which catalog version was in force when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from promotions.catalog_version import version_in_force_at, was_in_force_since
from promotions.models import CatalogState, CatalogVersion
from tests.shop import Shop

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_every_publication_is_in_the_history() -> None:
    shop = Shop()
    known = CatalogVersion.objects.count()
    made = shop.percent_off("10")
    shop.admin.ok("POST", f"programs/{made['id']}/pause")
    assert CatalogVersion.objects.count() == known + 2
    latest = CatalogVersion.objects.latest("version")
    assert latest.version == CatalogState.objects.get().version
    instants = CatalogVersion.objects.order_by("version").values_list("since", flat=True)
    assert sorted(instants) == list(instants)


def test_the_version_in_force_at_an_instant_is_the_last_one_before_it() -> None:
    now = timezone.now()
    CatalogVersion.objects.all().delete()
    for version, ago in ((5, 3), (6, 2), (7, 1)):
        CatalogVersion.objects.create(version=version, since=now - ago * HOUR)
    assert version_in_force_at(now) == 7
    assert version_in_force_at(now - HOUR) == 7
    assert version_in_force_at(now - 1.5 * HOUR) == 6
    assert version_in_force_at(now - 9 * HOUR) == 5


def test_a_version_counts_as_long_as_it_was_in_force_at_some_time() -> None:
    now = timezone.now()
    CatalogVersion.objects.all().delete()
    for version, ago in ((5, 3), (6, 2)):
        CatalogVersion.objects.create(version=version, since=now - ago * HOUR)
    assert was_in_force_since(6, now)
    assert was_in_force_since(5, now - 2.5 * HOUR)
    assert not was_in_force_since(5, now - HOUR)
    assert not was_in_force_since(99, now - 9 * HOUR)
