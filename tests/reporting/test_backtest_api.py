"""Back-tests over REST: asked for, followed, read, and taken along as files."""

from __future__ import annotations

import pytest

from access.caller import Role
from access.services.create_token import create_token
from promotions.models import Backtest
from promotions.services.work_on_backtest import work_on_backtest
from tests.promotions.backtests import draft
from tests.shop import Api, Json, Shop, discount

pytestmark = pytest.mark.django_db
DAYS = {"date_from": "2020-01-01", "date_to": "2999-12-31"}


@pytest.fixture
def shop() -> Shop:
    """Give a store that sold an A for 10.00 to Ann, and a B."""
    shop = Shop(currency="USD")
    shop.products(A="10.00", B="5.00")
    shop.member("ann")
    shop.commit(("A", "1"), ref="a", partner="ann")
    shop.commit(("B", "1"), ref="b")
    return shop


@pytest.fixture
def tea(shop: Shop) -> Json:
    """Give a draft of 20 % off A."""
    fifth = discount("20", "percent", "specific", products=["A"])
    return draft(shop, name="Tea", rules=[{"products": ["A"]}], rewards=[fifth])


def test_a_back_test_from_asking_to_the_orders_behind_it(shop: Shop, tea: Json) -> None:
    manager = Api(create_token(username="mia", role=Role.MANAGER).key)
    job = manager.call("POST", f"programs/{tea['id']}/backtest", DAYS, Idempotency_Key="k")
    assert (manager.status, job["state"], job["total"]) == (202, "queued", 2)
    again = manager.call("POST", f"programs/{tea['id']}/backtest", DAYS, Idempotency_Key="k")
    assert (again, Backtest.objects.count()) == (job, 1)
    address = job["result"]["report"].removeprefix("/api/v1/")
    assert manager.ok("GET", address)["result"] is None
    work_on_backtest(job_id=job["id"])
    told = manager.ok("GET", address)
    assert (told["program"], told["pos_config"], told["job"]["state"]) == (tea["id"], None, "done")
    assert (told["result"]["hit"], told["result"]["members"]) == (1, 1)
    (row,) = manager.ok("GET", f"{address}/orders")["data"]
    assert (row["ref"], row["member"], row["total_before"], row["total_after"]) == (
        *("a", "ann", "10.00", "8.00"),
    )
    assert manager.ok("GET", f"{address}/orders?page=2")["pagination"]["total"] == 1


def test_the_orders_as_files(shop: Shop, tea: Json) -> None:
    job = shop.admin.ok("POST", f"programs/{tea['id']}/backtest", DAYS | {"pos_config": "main"})
    work_on_backtest(job_id=job["id"])
    address = f"{job['result']['report']}/orders"
    client, headers = shop.admin._client, shop.admin._headers
    response = client.get(f"{address}?format=csv", headers=headers)
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert lines[1].split(",")[0] == "a"
    assert lines[1].endswith("USD,2,0,2,10,8,0")
    response = client.get(f"{address}?format=xlsx", headers=headers)
    assert b"".join(response.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"date_from": "3000-01-01"}, 400, "days_upside_down"),
        ({"date_to": "soon"}, 400, "invalid"),
        ({"date_to": "2020-02-01"}, 422, "nothing_to_backtest"),
        ({"pos_config": "nowhere"}, 404, "pos_config_not_found"),
        ({"show_code": True}, 422, "coupons_not_for_program"),
    ],
)
def test_refusals(shop: Shop, tea: Json, change: Json, status: int, code: str) -> None:
    problem = shop.admin.call("POST", f"programs/{tea['id']}/backtest", DAYS | change)
    assert (shop.admin.status, problem["code"]) == (status, code)
    assert not Backtest.objects.exists()
    shop.admin.call("GET", "backtests/77")
    assert shop.admin.status == 404
