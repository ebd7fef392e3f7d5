"""The pages of reports: who may open them, and what stands on them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from access.services.set_up_roles import set_up_roles
from promotions.models import Order, PromotionProgram
from tests.reporting.conftest import ReportedShop


def signed_in(group: str) -> Client:
    set_up_roles()
    user = User.objects.create_user(group, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def test_a_manager_goes_from_the_dashboard_to_an_order(shop: ReportedShop) -> None:
    shop.sell("one", ["tea"], partner="ann")
    shop.load()
    manager = signed_in("manager")
    tea = PromotionProgram.objects.get(ref="tea10")

    page = manager.get("/admin/reports/?period=today")
    assert page.status_code == 200
    board = page.context["board"]
    assert board["programs"][0]["name"] == "Tea10"
    link = board["programs"][0]["link"]
    assert link == f"/admin/reports/programs/{tea.pk}/?period=today"

    page = manager.get(link)
    over_time, orders = page.context["board"].panels
    assert [cell.text for cell in over_time.rows[0]][1:] == ["1", "$18.00", "$2.00", "100 %", "–"]  # noqa: RUF001
    ((order, *cells),) = orders.rows
    assert [order.text, cells[0].text] == ["one", "Main street"]
    assert [cell.text for cell in cells[2:]] == ["Sale", "$18.00", "$2.00"]
    assert order.link == f"/admin/promotions/order/{Order.objects.get().pk}/change/"
    assert manager.get(order.link).status_code == 200


def test_the_address_keeps_what_was_chosen(shop: ReportedShop) -> None:
    shop.sell("one", ["tea"])
    shop.load()
    manager = signed_in("manager")
    board = manager.get("/admin/reports/?from=2025-01-01&to=2027-12-31&store=main").context["board"]
    assert board["title"] == "1 Jan 2025 – 31 Dec 2027"  # noqa: RUF001
    assert "from=2025-01-01" in board["programs"][0]["link"]
    assert "store=main" in board["programs"][0]["link"]
    assert board["tiles"][1]["value"] == "1"
    assert manager.get("/admin/reports/?period=yesterday").context["board"]["feed"] == []


@pytest.mark.parametrize(
    "query",
    [
        *("from=2026-13-01&to=2026-01-01", "from=2026-01-01", "store=nowhere", "from=x&to=y"),
        *("from=9999-12-31&to=9999-12-31", "from=0001-01-01&to=0001-01-01"),
        *("store=%00", "currency=%00", "currency=DOLLAR"),
    ],
)
def test_an_address_that_cannot_be_read_begins_anew(shop: ReportedShop, query: str) -> None:
    answer = signed_in("manager").get(f"/admin/reports/?{query}")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/reports/")


@pytest.mark.django_db
def test_others_are_refused() -> None:
    assert signed_in("marketing").get("/admin/reports/").status_code == 403
    answer = Client().get("/admin/reports/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/")
    assert signed_in("manager").post("/admin/reports/").status_code == 405


def test_an_empty_shop_says_what_to_do(db: None) -> None:
    page = signed_in("manager").get("/admin/reports/")
    assert page.status_code == 200
    assert page.context["board"]["feed"] == []
    assert "Try it at the demo till" in page.content.decode()
