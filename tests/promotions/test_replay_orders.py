"""Orders decided again: from what they stored and the versions of then, whatever became of them."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from promotions import catalog_store
from promotions.models import CatalogState, Order, OrderLine
from promotions.orders.request import parse_order
from promotions.services.commit_order import commit_order
from promotions.services.replay_orders import replay_orders
from tests.promotions.offline import long_in_force, sold, sync
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00", B="5.00", GIFT="50.00")
    shop.member("ann", points="60")
    shop.member("bob")
    return shop


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("replay_orders", "--verify", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def change(shop: Shop, made: Json, **fields: object) -> None:
    shop.admin.ok("PATCH", f"programs/{made['id']}", {**fields, "publish": True})


def sell_everything(shop: Shop) -> list[Json]:
    """Sell under programs of every kind; return the programs."""
    off = shop.percent_off("7.5", name="Off", limit_usage=50, budget="500.00")
    club = shop.program(
        "loyalty",
        name="Club",
        loyalty_program="club",
        rules=[{"reward_point_mode": "money"}],
        rewards=[discount("10", "fixed", "specific", products=["A"]) | {"required_points": "50"}],
    )
    shop.admin.ok("PUT", "loyalty-programs/gift", {"name": "Gift cards"})
    gift = shop.program(
        "gift_card",
        name="Gift",
        loyalty_program="gift",
        rules=[{"products": ["GIFT"], "reward_point_mode": "money"}],
    )
    come = shop.program("next_order_coupons", name="Again", rewards=[discount("1", "fixed")])
    friend = shop.program("referral", name="Friend", rewards=[discount("3", "fixed")])
    claim = {"program": club["id"], "reward": club["rewards"][0]["id"]}
    first = shop.commit(("A", "1"), ("B", "3"), ("GIFT", "1"), partner="ann", claims=[claim])
    codes = [one["code"] for one in first["coupons_issued"]]
    shop.commit(("A", "2"), partner="ann", codes=[*codes, "NOBODY"])
    code = shop.till.ok("GET", "partners/ann/referral-code")["code"]
    shop.commit(("B", "0.375"), partner="bob", codes=[code])
    shop.commit(("B", "1"))
    return [off, club, gift, come, friend]


def test_deciding_again_gives_what_was_decided(shop):
    sell_everything(shop)
    assert "4 orders decided again, no difference." in run()


def test_whatever_became_of_the_programs_and_the_goods(shop):
    off, club, gift, _come, _friend = sell_everything(shop)
    change(shop, off, rewards=[discount("50")], name="Half", limit_usage=None)
    shop.commit(("A", "1"), partner="ann")
    shop.admin.ok("POST", f"programs/{club['id']}/archive")
    shop.admin.ok("POST", f"programs/{gift['id']}/pause")
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club", "earn_on": "gross"})
    shop.admin.ok("PUT", "pos-configs/main", {"name": "M", "discount_rounding": "down"})
    shop.products(A="1.00")
    shop.commit(("A", "1"), ("B", "1"), partner="ann")
    shop.till.ok("POST", "orders/order-1/cancel")
    catalog_store.forget()
    assert "6 orders decided again, no difference." in run()


def test_an_order_of_last_year_is_explained_as_it_was(shop, admin_client):
    made = shop.percent_off("10", name="Winter sale", rules=[{"minimum_amount": "50"}])
    at = timezone.now() - timedelta(days=365)
    body = orjson.dumps(shop.order(("A", "1"), ("B", "1"), ref="old"))
    sold = commit_order(order=parse_order(body), at=at, user_id=None).receipt
    assert sold["total"] == "94.50"
    then = shop.till.ok("GET", "orders/old?explain=1")
    (applied,) = [one for one in then["trace"] if one["outcome"] == "applied"]
    (step,) = applied["steps"]
    assert (step["basis"], step["rate"], step["rounded"]) == ("105.00", "10", "10.50")
    change(shop, made, name="Spring sale", rewards=[discount("50")], rules=[{"minimum_qty": "9"}])
    shop.admin.ok("POST", f"programs/{made['id']}/archive")
    shop.products(A="250.00")
    assert shop.till.ok("GET", "orders/old?explain=1") == then
    page = admin_client.get(f"/admin/promotions/order/{Order.objects.get().pk}/change/")
    text = page.content.decode()
    assert "Winter sale" in text
    assert "Spring sale" not in text
    assert "10.50" in text
    assert "1 orders decided again, no difference." in run("--until", f"{at:%Y-%m-%d}")


@pytest.mark.parametrize("tamper", ["line", "decision"])
def test_what_was_changed_behind_its_back_is_found(shop, tamper):
    shop.percent_off("10")
    shop.commit(("A", "1"), ref="good")
    shop.commit(("A", "1"), ref="bad")
    if tamper == "line":
        OrderLine.objects.filter(order__ref="bad").update(total="89.99")
    else:
        order = Order.objects.get(ref="bad")
        order.evaluation["decision"]["rewards"][0]["amount"] = "10.01"
        order.save()
    found = replay_orders()
    assert (found.orders, found.different) == (2, 1)
    what = {"line": "lines.total", "decision": "decision.rewards"}[tamper]
    assert [(one.ref, one.what) for one in found.differences] == [("bad", what)]
    with pytest.raises(CommandError, match="1 of 2 orders differ") as failed:
        run()
    assert failed.value.returncode == 1


def test_what_a_card_could_not_earn_is_no_difference(shop):
    body = {"name": "Club", "earning_cap": "30", "earning_cap_period": "day"}
    shop.admin.ok("PUT", "loyalty-programs/club", body)
    shop.program(
        "loyalty", name="C", loyalty_program="club", rules=[{"reward_point_mode": "money"}]
    )
    answer = shop.commit(("A", "1"), partner="bob")
    assert answer["points"][0]["earned"] == "30"
    assert "no difference" in run()


def test_only_the_orders_asked_for(shop):
    made = shop.percent_off("10", ref="off", rules=[{"products": ["A"]}])
    shop.admin.ok("PUT", "pos-configs/other", {"name": "Other"})
    shop.commit(("A", "1"))
    shop.commit(("B", "1"))
    assert replay_orders(program_id=made["id"]).orders == 1
    assert "1 orders" in run("--program", "off")
    assert "0 orders" in run("--pos", "other")
    assert "0 orders" in run("--until", "2020-01-01")
    assert "2 orders" in run("--since", "2020-01-01", "--pos", "main")
    for wrong in (("--program", "nobody"), ("--pos", "nowhere")):
        with pytest.raises(CommandError, match="There is no"):
            run(*wrong)


def test_a_past_catalog_is_made_of_what_changed_since_another(shop):
    off, club, *_ = sell_everything(shop)
    change(shop, off, rewards=[discount("50")])
    shop.admin.ok("POST", f"programs/{club['id']}/pause")
    last = CatalogState.objects.get().version
    held = catalog_store.catalog_of(last)
    for version in (1, last - 1, 3, last, 0, last - 2):
        held = catalog_store.catalog_moved_to(held, version)
        assert held.version == version
        assert held.programs == catalog_store.catalog_of(version).programs


def test_what_a_till_charged_without_a_line_is_no_difference(shop):
    """Less than decided: an allowance. More: a program the till did not know of is left out."""
    shop.percent_off("10", rules=[{"code": "TEN"}])
    long_in_force()
    for ref, charged in (("less", "80.00"), ("more", "100.00")):
        (result,) = sync(
            shop, sold(shop, ("A", "1"), ref=ref, codes=["TEN"], charged_total=charged)
        )
        assert result["order"]["total"] == charged
    assert Order.objects.filter(decided_total=90).count() == 2
    assert "2 orders decided again, no difference." in run()
