"""The pages of back-tests: from a program to one order's reasons."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import formats

from access.caller import Role
from access.services.create_token import create_token
from jobs.models import Job
from promotions.models import Backtest, Order
from promotions.services.work_on_backtest import work_on_backtest
from tests.promotions.backtests import draft
from tests.reporting.test_pages import signed_in
from tests.shop import Api, Json, Shop, discount

pytestmark = pytest.mark.django_db
ASKED = {"date_from": "2020-01-01", "date_to": "2999-12-31", "store": ""}


@pytest.fixture
def tea() -> Json:
    """Give a draft of 20 % off A, and a sale of an A for 10.00 to Ann."""
    shop = Shop(currency="USD")
    shop.products(A="10.00", B="5.00")
    shop.member("ann")
    shop.commit(("A", "1"), ("B", "1"), ref="a", partner="ann")
    fifth = discount("20", "percent", "specific", products=["A"])
    return draft(shop, name="Tea", rules=[{"products": ["A"]}], rewards=[fifth])


def start(client: Client, tea: Json) -> str:
    """Ask for a back-test on the program's page; return the page of the result."""
    form = f"/admin/promotions/promotionprogram/{tea['id']}/backtest/"
    assert client.get(form).status_code == 200
    answer = client.post(form, ASKED)
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def test_marketing_goes_from_a_program_to_one_orders_reasons(tea: Json) -> None:
    marketing = signed_in("marketing")
    page = start(marketing, tea)
    assert marketing.get(page).context["job"].state == "queued"
    progress = {"state": "queued", "done": 0, "total": 1}
    assert marketing.get(f"{page}progress").json() == progress
    work_on_backtest(job_id=Backtest.objects.get().job_id)
    answer = marketing.get(page)
    tiles = {one.title: one.value for one in answer.context["board"].tiles}
    assert tiles == {"Orders hit": "1", "Discount": "+$2.00", "Sales": "-$2.00", "Members": "1"}
    orders = answer.context["board"].panels[-1].rows
    assert [cell.text for cell in orders[0][1:5]] == ["ann", "$15.00", "$13.00", "$2.00"]
    reasons = marketing.get(orders[0][5].link)
    both = reasons.context["both"]
    assert [(one["before"], one["after"]) for one in both["lines"]] == [
        ("$10.00", "$8.00"),
        ("$5.00", "$5.00"),
    ]
    assert both["explanation"][0].program == "Tea"
    assert both["explanation"][0].outcome == "applied"
    assert marketing.get(f"{page}orders/{Order.objects.get().pk + 1}/").status_code == 404


def test_currencies_in_which_nothing_is_taken_off_are_left_out(tea: Json) -> None:
    admin = Api(create_token(username="head", role=Role.ADMIN).key)
    admin.ok("PUT", "pos-configs/tokyo", {"name": "Tokyo", "currency": "JPY"})
    till = Api(create_token(username="tokyo", role=Role.POS, pos_ref="tokyo").key)
    for number in range(3):
        body = {"ref": f"j{number}", "pos_config": "tokyo", "lines": [{"sku": "B", "qty": "1"}]}
        till.ok("POST", "orders", body)
    marketing = signed_in("marketing")
    page = start(marketing, tea)
    work_on_backtest(job_id=Backtest.objects.get().job_id)
    shown = marketing.get(page).context["board"]
    assert [one.title for one in shown.tiles].count("Discount") == 1
    assert [one.key for one in shown.panels] == ["days-usd", "products", "orders"]
    till.ok("POST", "orders", {**body, "ref": "j3", "lines": [{"sku": "A", "qty": "1"}]})
    page = start(marketing, tea)
    work_on_backtest(job_id=Backtest.objects.latest("pk").job_id)
    shown = marketing.get(page).context["board"]
    assert [one.key for one in shown.panels][:2] == ["days-jpy", "days-usd"]


def test_orders_stand_at_the_time_of_their_store(tea: Json) -> None:
    admin = Api(create_token(username="head", role=Role.ADMIN).key)
    zone = {"time_zone": "Pacific/Kiritimati"}
    admin.ok("PUT", "pos-configs/main", {"name": "Main street", "currency": "USD", **zone})
    sold = Order.objects.get().ordered_at.astimezone(ZoneInfo("Pacific/Kiritimati"))
    marketing = signed_in("marketing")
    page = start(marketing, tea)
    work_on_backtest(job_id=Backtest.objects.get().job_id)
    (order,) = marketing.get(page).context["board"].panels[-1].rows
    when = formats.date_format(sold, "j M Y, H:i")
    assert order[0].note.endswith(f", {when}")
    assert marketing.get(order[5].link).context["both"]["at"] == when


def test_each_chart_has_its_files(tea: Json) -> None:
    manager = signed_in("manager")
    page = start(manager, tea)
    assert manager.get(f"{page}files/days").status_code == 404
    work_on_backtest(job_id=Backtest.objects.get().job_id)
    csv = manager.get(f"{page}files/days?format=csv")
    lines = b"".join(csv.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0].endswith(
        "day,currency,orders,hit,changed,given,discount_before,"
        "discount_after,sales_before,sales_after"
    )
    assert lines[1].endswith("USD,1,1,1,2.00,0.00,2.00,15.00,13.00")
    assert manager.get(f"{page}files/products?format=xlsx").status_code == 200
    assert manager.get(f"{page}files/secrets").status_code == 404
    assert manager.get(f"{page}files/days?format=pdf").status_code == 404


def test_it_can_be_stopped(tea: Json) -> None:
    marketing = signed_in("marketing")
    page = start(marketing, tea)
    assert marketing.get(f"{page}stop").status_code == 405
    assert marketing.post(f"{page}stop").status_code == 302
    assert Job.objects.get().state == "stopped"
    assert "Start again" in marketing.get(page).content.decode()


def test_refusals_are_told_on_the_form(tea: Json) -> None:
    marketing = signed_in("marketing")
    form = f"/admin/promotions/promotionprogram/{tea['id']}/backtest/"
    answer = marketing.post(form, ASKED | {"date_to": "2020-01-02"})
    assert "There are no orders in these days" in answer.content.decode()
    assert not Backtest.objects.exists()
    assert marketing.get("/admin/reports/backtests/1/").status_code == 404


def test_others_do_not_see_it(tea: Json) -> None:
    page = start(signed_in("marketing"), tea)
    assert Client().get(page).status_code == 302
    assert Client().post(f"{page}stop").status_code == 302
