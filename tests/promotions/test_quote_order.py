from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.caller import Role
from access.services.create_token import create_token
from events.models import Event
from promotions.models import Order
from tests.shop import Api, Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00", B="5.00", C="3.33")
    return shop


def test_a_basket_without_programs_costs_its_lines(shop):
    quote = shop.quote(("A", "2"), ("C", "1.5"))
    assert (quote["status"], quote["currency"]) == ("quoted", "USD")
    assert (quote["subtotal"], quote["discount_total"], quote["total"]) == (
        "205.00",  # 1.5 x 3.33 = 4.995, rounded half up
        "0.00",
        "205.00",
    )
    assert quote["lines"][1] == {
        "line_id": "2",
        "sku": "C",
        "qty": "1.5",
        "unit_price": "3.33",
        "subtotal": "5.00",
        "discount": "0.00",
        "total": "5.00",
        "discounts": [],
    }


def test_a_discount_names_its_program_and_its_share_of_each_line(shop):
    made = shop.percent_off("10", name="Ten off")
    quote = shop.quote(("A", "1"), ("B", "1"))
    assert quote["total"] == "94.50"
    (reward,) = quote["rewards"]
    assert reward["program"] == made["id"]
    assert reward["program_name"] == "Ten off"
    assert reward["amount"] == "10.50"
    assert reward["description"] == "10% off the order"
    assert [line["discounts"][0]["amount"] for line in quote["lines"]] == ["10.00", "0.50"]


def test_the_till_may_set_its_own_price(shop):
    body = shop.order(("A", "1"))
    body["lines"][0]["unit_price"] = "80.00"
    assert shop.till.ok("POST", "orders/quote", body)["total"] == "80.00"


def test_what_is_published_is_in_the_next_quote(shop):
    assert shop.quote(("A", "1"))["total"] == "100.00"
    made = shop.percent_off("10")
    assert shop.quote(("A", "1"))["total"] == "90.00"
    shop.admin.ok("POST", f"programs/{made['id']}/pause")
    assert shop.quote(("A", "1"))["total"] == "100.00"
    shop.admin.ok("POST", f"programs/{made['id']}/publish")
    assert shop.quote(("A", "1"))["total"] == "90.00"


def test_a_draft_is_not_in_a_quote(shop):
    shop.percent_off("10", publish=False)
    assert shop.quote(("A", "1"))["total"] == "100.00"


def test_an_edit_counts_from_its_publication_on(shop):
    made = shop.percent_off("10")
    reward = discount("20") | {"id": made["rewards"][0]["id"]}
    shop.admin.ok("PATCH", f"programs/{made['id']}", {"rewards": [reward]})
    assert shop.quote(("A", "1"))["total"] == "90.00"
    shop.admin.ok("POST", f"programs/{made['id']}/publish")
    assert shop.quote(("A", "1"))["total"] == "80.00"


def test_a_quote_writes_nothing(shop):
    shop.member("ann", points="10")
    shop.percent_off("10", limit_usage=1)
    events = Event.objects.count()
    shop.quote(("A", "1"), partner="ann", ref="never")
    assert Order.objects.count() == 0
    assert Event.objects.count() == events
    assert shop.quote(("A", "1"))["total"] == "90.00"


def test_a_warm_quote_of_twenty_lines_takes_three_statements_however_many_programs(shop):
    shop.products(**{f"P{i}": f"{i + 1}.50" for i in range(20)})
    shop.member("ann", points="100")
    for percent in range(1, 21):
        shop.percent_off(str(percent), limit_usage=1000, exclusion_group=None)
    coupons = shop.program("coupons", name="c", rewards=[discount("5")])
    (code,) = shop.admin.ok("POST", f"programs/{coupons['id']}/coupons", {"count": 1})["codes"]
    body = shop.order(*[(f"P{i}", "2") for i in range(20)], partner="ann", codes=[code])
    shop.till.ok("POST", "orders/quote", body)
    with CaptureQueriesContext(connection) as taken:
        quote = shop.till.ok("POST", "orders/quote", body)
    assert len(taken) <= 3, [one["sql"][:80] for one in taken]
    assert Decimal(quote["discount_total"]) > 0


def test_unknown_products_are_named(shop):
    answer = shop.till.call("POST", "orders/quote", shop.order(("A", "1"), ("Y", "1"), ("X", "1")))
    assert (shop.till.status, answer["code"]) == (422, "unknown_product")
    assert answer["facts"]["skus"] == ["X", "Y"]


@pytest.mark.parametrize("pos_config", ["other", "nowhere", 999_999])
def test_a_till_sees_no_pos_but_its_own(shop, pos_config):
    shop.admin.ok("PUT", "pos-configs/other", {"name": "Other"})
    body = shop.order(("A", "1")) | {"pos_config": pos_config}
    answer = shop.till.call("POST", "orders/quote", body)
    assert (shop.till.status, answer["code"]) == (404, "pos_config_not_found")


def test_an_unknown_partner_is_said(shop):
    answer = shop.till.call("POST", "orders/quote", shop.order(("A", "1"), partner="nobody"))
    assert (shop.till.status, answer["code"]) == (404, "partner_not_found")


def test_staff_may_give_a_partner_by_id(shop):
    shop.admin.ok("PUT", "partners/ann", {"name": "Ann"})
    ann = shop.admin.ok("GET", "partners/ann")["id"]
    shop.program("promotion", rewards=[discount("10")], limit_per_partner=5)
    answer = shop.admin.ok("POST", "orders/quote", shop.order(("A", "1"), partner=ann))
    assert answer["total"] == "90.00"


def test_only_staff_ask_what_if_it_were_another_time(shop):
    shop.percent_off("10", date_from="2030-01-01T00:00:00Z")
    body = shop.order(("A", "1"), at="2030-06-01T12:00:00Z")
    answer = shop.till.call("POST", "orders/quote", body)
    assert (shop.till.status, answer["code"]) == (403, "role_not_allowed")
    marketing = Api(create_token(username="mia", role=Role.MARKETING).key)
    assert marketing.ok("POST", "orders/quote", body)["total"] == "90.00"
    assert shop.quote(("A", "1"))["total"] == "100.00"


def test_explain_adds_the_trace_and_its_words_and_nothing_else(shop):
    made = shop.percent_off("10", rules=[{"minimum_amount": "150"}])
    body = shop.order(("A", "1"))
    plain = shop.till.ok("POST", "orders/quote", body)
    explained = shop.till.ok("POST", "orders/quote?explain=1", body)
    (considered,) = explained.pop("trace")
    (said,) = explained.pop("explanation")
    assert explained == plain
    assert (said["id"], said["outcome"]) == (made["id"], "passed_over")
    assert considered["program_id"] == made["id"]
    assert considered["reason"] == "below_minimum_amount"
    assert Decimal(considered["missing_amount"]) == 50


def test_a_program_that_is_nearly_reached_is_hinted_at(shop):
    made = shop.percent_off("10", rules=[{"minimum_amount": "150"}])
    (hint,) = shop.quote(("A", "1"))["hints"]
    assert hint["program"] == made["id"]
    assert hint["missing_amount"] == "50.00"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"lines": []}, "/lines"),
        ({"lines": [{"sku": "A", "qty": "0"}]}, "/lines/0/qty"),
        ({"lines": [{"sku": "A", "qty": "-1"}]}, "/lines/0/qty"),
        ({"lines": [{"sku": "A", "qty": "1e400"}]}, "/lines/0/qty"),
        ({"lines": [{"sku": "A", "qty": "NaN"}]}, "/lines/0/qty"),
        ({"lines": [{"sku": "A\x00", "qty": "1"}]}, "/lines/0/sku"),
        ({"lines": [{"sku": "A", "qty": "1", "unit_price": "x"}]}, "/lines/0/unit_price"),
        ({"lines": [{"sku": "A", "qty": "1", "line_id": "1"}] * 2}, "/lines/1/line_id"),
        ({"at": "2026-01-01T00:00:00"}, "/at"),
        ({"codes": "SUMMER"}, "/codes"),
        ({"code": ["SUMMER"]}, ""),
    ],
)
def test_a_malformed_basket_is_told_where(shop, change, pointer):
    answer = shop.till.call("POST", "orders/quote", shop.order(("A", "1")) | change)
    assert shop.till.status == 400
    assert answer["errors"][0]["pointer"] == pointer


def test_a_program_in_another_currency_does_not_apply(shop):
    shop.percent_off("10", rules=[{"minimum_amount": "50"}], currency="EUR")
    assert shop.quote(("A", "1"))["total"] == "100.00"


def test_identical_quotes_get_identical_answers(shop):
    shop.percent_off("10")
    shop.program(
        "buy_x_get_y",
        rewards=[
            {"reward_type": "product", "required_points": "3", "product": {"products": ["B"]}}
        ],
        rules=[{"products": ["B"], "reward_point_mode": "unit"}],
    )
    first = shop.quote(("A", "1"), ("B", "7"))
    assert shop.quote(("A", "1"), ("B", "7")) == first
