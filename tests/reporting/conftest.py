"""A shop whose orders are reported on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from loyalty.models import PointOperation
from promotions.models import Order, OrderReturn
from reporting.services.load_facts import FactsLoaded, load_facts
from tests.shop import Api, Shop


class ReportedShop(Shop):
    """Ten percent off tea, and a point for each unit of money paid."""

    def __init__(self) -> None:
        # Of UTC, as the points and the levels are: or what happens now would be of two days, for
        # some hours of each.
        super().__init__(time_zone="UTC")
        self.products(tea="10.00", cup="5.00")
        self.member("ann", points="0")
        self.member("bob", points="0")
        tea = {"mode": "percent", "value": "10", "applies_to": "specific", "products": ["tea"]}
        self._program(
            "tea10",
            "promotion",
            rules=[{"products": ["tea"]}],
            rewards=[{"reward_type": "discount", "discount": tea}],
        )
        self._program(
            "club", "loyalty", loyalty_program="club", rules=[{"reward_point_mode": "money"}]
        )

    def _program(self, ref: str, kind: str, **body: Any) -> None:
        body = {"ref": ref, "name": ref.title(), "program_type": kind, "rewards": [], **body}
        self.admin.ok("POST", "programs", {**body, "publish": True})

    def move_to_jakarta(self) -> None:
        """Set the store's clock seven hours ahead."""
        body = {"name": "Main street", "time_zone": "Asia/Jakarta"}
        self.admin.ok("PUT", "pos-configs/main", body)

    def sell(self, ref: str, skus: Sequence[str], **order: Any) -> None:
        """Commit an order of two units each."""
        lines = [{"sku": sku, "qty": "2"} for sku in skus]
        body = {"ref": ref, "pos_config": "main", "lines": lines, **order}
        self.till.ok("POST", "orders", body)

    def give_back(self, ref: str, line_id: str, qty: str) -> None:
        """Return units of a line."""
        self.till.ok("POST", f"orders/{ref}/returns", {"lines": [{"line_id": line_id, "qty": qty}]})

    def load(self) -> FactsLoaded:
        """Load the facts of everything that happened."""
        return load_facts(
            order_ids=list(Order.objects.values_list("pk", flat=True)),
            return_ids=list(OrderReturn.objects.values_list("pk", flat=True)),
            operation_ids=list(PointOperation.objects.values_list("pk", flat=True)),
        )

    def report(self, name: str, **query: str) -> list[dict[str, Any]]:
        """Ask for a report as an admin; the whole time, unless the query says otherwise."""
        api: Api = self.admin
        query = {"date_from": "2024-01-01", "date_to": "2027-12-31", **query}
        text = "&".join(f"{key}={value}" for key, value in query.items())
        rows: list[dict[str, Any]] = api.ok("GET", f"reports/{name}?{text}")["data"]
        return rows


@pytest.fixture
def mid_month(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock go on from noon in the middle of a month: some hours ago are of the same day,
    and some days ago of the same month.
    """
    now = timezone.now
    shift = now().replace(day=15, hour=12) - now()
    monkeypatch.setattr(timezone, "now", lambda: now() + shift)


@pytest.fixture
def shop(db: None) -> ReportedShop:
    """Return an open shop."""
    return ReportedShop()


@pytest.fixture
def archive_folder(settings: Any, tmp_path: Path) -> Path:
    """Keep the files in a folder of the test's own."""
    held = settings.STORAGES["archives"]
    options = {**held["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "archives": {**held, "OPTIONS": options}}
    return tmp_path


@pytest.fixture
def busy(shop: ReportedShop) -> ReportedShop:
    """Return a shop with sales, a return and texts that files do not like, loaded."""
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.sell('a "quoted", ref \\N \\', ["tea"])
    shop.till.ok(
        "POST", "cards/club-ann/redeem", {"points": "4", "origin": 'a,b\n"c"\r\n\té 茶 \\. NULL'}
    )
    shop.give_back("one", "1", "1")
    shop.load()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE point_report_detail SET origin = '' WHERE points_redeemed = 0")
    return shop
