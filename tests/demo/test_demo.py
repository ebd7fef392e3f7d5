"""`manage.py demo`: a basket over HTTP, and its receipt explained."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.live_server_helper import LiveServer

from demo.receipt import receipt_lines
from demo.shop import loading
from demo.shop.accounts import ensure_accounts
from promotions.models import Order
from tests.shop import Shop


@pytest.mark.django_db
def test_a_receipt_explains_every_discount_code_and_point() -> None:
    shop = Shop()
    shop.products(MUG="8.00", TEA="3.33")
    shop.member("ann", points="120")
    shop.admin.ok(
        "POST",
        "programs",
        {
            "name": "Ten percent",
            "program_type": "promotion",
            "rewards": [{"discount": {"mode": "percent", "value": "10"}}],
            "publish": True,
        },
    )
    shop.admin.ok(
        "POST",
        "programs",
        {
            "name": "Club",
            "program_type": "loyalty",
            "loyalty_program": "club",
            "rewards": [
                {
                    "required_points": "100",
                    "discount": {"mode": "fixed", "value": "2"},
                    "description": "2 off",
                }
            ],
            "publish": True,
        },
    )
    order = {
        "pos_config": "main",
        "partner": "ann",
        "codes": ["NONSENSE"],
        "lines": [{"sku": "MUG", "qty": "1"}, {"sku": "TEA", "qty": "1"}],
    }
    answer = shop.till.ok("POST", "orders/quote?explain=1", order)
    said = "\n".join(receipt_lines(answer, {"MUG": "Mug"}))
    assert "1 x Mug at 8.00" in said
    assert "1 x TEA at 3.33" in said
    assert "10 % of 11.33 = 1.133, rounded 1.13; split in proportion" in said
    assert "club: 120 before, earned 10.2, 130.2 after" in said
    assert "NONSENSE: rejected, no such code" in said
    assert "2 off: from 100 points on, you have" in said
    assert "Club: 10.2 points" in said


@pytest.mark.django_db(transaction=True)
def test_a_basket_is_quoted_and_sold_over_http(local_folder: Path, live_server: LiveServer) -> None:
    loading.load(seed=5, members=25, orders=10, processes=1, out=StringIO())
    out = StringIO()
    call_command("demo", url=live_server.url, stdout=out)
    said = out.getvalue()
    assert f"curl -s '{live_server.url}/api/v1/orders/quote?explain=1'" in said
    assert "member member-0001" in said
    assert "Coffee" in said
    assert "THANKS-" in said
    assert "WELCOME1O: rejected" in said
    assert "club:" in said
    assert Order.objects.count() == 10
    sold = StringIO()
    call_command("demo", url=live_server.url, commit=True, stdout=sold)
    assert Order.objects.filter(ref__startswith="chicago-").count() == 1
    assert re.search(r"THANKS-\w+: applied", sold.getvalue())


@pytest.mark.django_db(transaction=True)
def test_every_sold_basket_has_a_coupon_of_its_own(
    local_folder: Path, live_server: LiveServer
) -> None:
    loading.load(seed=5, members=40, orders=10, processes=1, out=StringIO())
    applied = []
    for turn in range(3):
        out = StringIO()
        call_command("demo", url=live_server.url, commit=True, stdout=out)
        Order.objects.filter(ref__startswith="chicago-").update(ref=f"sold-{turn}")
        applied += re.findall(r"(THANKS-\w+): applied", out.getvalue())
    assert len(set(applied)) == 3


@pytest.mark.django_db
def test_without_a_server_or_a_shop_it_says_what_to_do(local_folder: Path) -> None:
    with pytest.raises(CommandError, match="load_demo_shop"):
        call_command("demo", stdout=StringIO())
    ensure_accounts()
    with pytest.raises(CommandError, match="make run"):
        call_command("demo", url="http://127.0.0.1:9", stdout=StringIO())
