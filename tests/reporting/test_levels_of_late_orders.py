"""The level an order counts for, when an order that was reported late brings the next one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from loyalty.models import Membership
from promotions.models import Order
from reporting.queries.period import GroupBy
from reporting.services.check_reports import check_reports
from reporting.services.rebuild_facts import rebuild_facts
from tests.reporting.conftest import ReportedShop
from tests.reporting.test_reports import SUMMARIES, table


@pytest.fixture
def levels(shop: ReportedShop) -> ReportedShop:
    """Return a shop where 10 spent make silver, and 30 gold."""
    for rank, (ref, threshold) in enumerate((("silver", "10"), ("gold", "30")), start=1):
        shop.admin.ok("PUT", f"membership-products/{ref}", {"name": ref.title(), "rank": rank})
        body = {"membership_product": ref, "threshold": threshold, "sequence": rank}
        shop.admin.ok("PUT", f"level-paths/{ref}", body)
    shop.sell("first", ["tea"], partner="ann")  # 18.00, which makes her silver
    return shop


def by_level(shop: ReportedShop) -> dict[str, tuple[int, str, str]]:
    """Return members, spending and points of each level."""
    rows = shop.report("membership/analytics", group_by="month")
    return {
        row["membership_level"]: (
            row["active_members"],
            row["total_spending"],
            row["total_points_earned"],
        )
        for row in rows
    }


def test_an_order_counts_for_the_level_it_found_and_so_do_its_points(levels: ReportedShop) -> None:
    levels.sell("large", ["tea", "tea"], partner="ann")  # 36.00, which makes her gold
    levels.sell("next", ["cup"], partner="ann")
    levels.load()
    assert by_level(levels) == {
        "": (1, "18.00", "18"),
        "Silver": (1, "36.00", "36"),
        "Gold": (1, "10.00", "10"),
    }


def test_a_late_order_that_brings_a_level_changes_no_fact_there_is(levels: ReportedShop) -> None:
    levels.sell("second", ["cup"], partner="ann")  # 10.00
    levels.load()
    sold = Order.objects.get(ref="second").ordered_at
    levels.sell(
        "late", ["tea"], partner="ann", at=(timezone.now() - timedelta(minutes=5)).isoformat()
    )
    levels.load()
    # Judged with what was sold after it: the level begins with the order of before.
    assert Membership.objects.get(closed_at=None, partner__ref="ann").membership_start == sold
    loaded = {name: table(name) for name in SUMMARIES}
    today = timezone.localdate()
    since, until = today - timedelta(days=2), today + timedelta(days=2)
    assert check_reports(since=since, until=until, group_by=GroupBy.MONTH).differences == ()

    rebuild_facts(since=since, until=until)

    assert {name: table(name) for name in SUMMARIES} == loaded
