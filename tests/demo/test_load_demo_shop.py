"""Loading the demo shop: through the services, the same every time, and only once."""

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, Sum
from django.test import Client
from django.utils import timezone

from core.progress import Bar
from demo.shop import loading
from demo.shop.accounts import accounts_file, ensure_accounts, read_accounts
from demo.shop.programs import shop_programs
from loyalty.models import LoyaltyCard, Membership, Partner
from loyalty.services.verify_ledger import verify_ledger
from promotions import catalog_store
from promotions.models import AppliedReward, Coupon, Order, OrderLine, Product, PromotionProgram

SMALL = {"seed": 5, "members": 40, "orders": 150, "processes": 1}


def load() -> bool:
    return loading.load(**SMALL, out=StringIO())


def digest() -> dict[str, Any]:
    """Return everything of the shop that a reader of reports would see."""
    return {
        "orders": list(Order.objects.order_by("ref").values_list("ref", "total", "status")),
        "lines": OrderLine.objects.aggregate(Sum("discount"), Sum("refunded"), Count("pk")),
        "rewards": sorted(
            AppliedReward.objects.values_list("order__ref", "program__ref", "amount", "times")
        ),
        "cards": sorted(LoyaltyCard.objects.values_list("partner__ref", "points"), key=str),
        "coupons": sorted(
            Coupon.objects.values_list("program__ref", "partner__ref", "points"), key=str
        ),
        "names": list(Partner.objects.order_by("ref").values_list("name", flat=True)),
    }


@pytest.mark.django_db
def test_the_shop_is_alive(local_folder: Path) -> None:
    assert load()
    assert Product.objects.count() == 300
    assert Partner.objects.count() == 40
    held = set(Membership.objects.filter(closed_at=None).values_list("partner_id", flat=True))
    buyers = Order.objects.filter(partner__isnull=False).values_list("partner_id", flat=True)
    # 24 joined at a level; the first order of the others made them bronze.
    assert len(held) >= 24
    assert set(buyers) <= held
    assert Order.objects.count() == 150
    assert Order.objects.aggregate(Sum("discount_total"))["discount_total__sum"] > 0
    in_force = PromotionProgram.objects.filter(state="published")
    assert (
        in_force.count()
        == PromotionProgram.objects.count()
        == len(shop_programs(timezone.now().date()))
    )
    assert set(in_force.values_list("program_type", flat=True)) == {
        "promotion",
        "buy_x_get_y",
        "promo_code",
        "coupons",
        "next_order_coupons",
        "gift_card",
        "ewallet",
        "loyalty",
    }
    assert LoyaltyCard.objects.filter(points__gt=0).exists()
    report = verify_ledger()
    assert report.flaw is None
    assert report.rows > 0


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_shop(local_folder: Path) -> None:
    made = []
    for _ in range(2):
        with transaction.atomic():
            assert load()
            made.append(digest())
            transaction.set_rollback(True)
        catalog_store.forget()
    assert made[0] == made[1]
    assert made[0]["rewards"]


@pytest.mark.django_db
def test_loading_again_changes_nothing(local_folder: Path) -> None:
    assert load()
    before, secrets = digest(), read_accounts()
    assert not load()
    assert digest() == before
    assert read_accounts() == secrets


@pytest.mark.django_db
def test_a_load_that_was_stopped_goes_on_to_the_same_shop(
    local_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        load()
        whole = digest()
        transaction.set_rollback(True)
    catalog_store.forget()

    def interrupted(work: Any, argument: object, *, shards: int, bar: Bar) -> None:
        reported = []

        def report(steps: int) -> None:
            reported.append(steps)
            if sum(reported) > 100:
                raise KeyboardInterrupt

        work(0, shards, argument, report)

    monkeypatch.setattr(loading, "share_out", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load()
    monkeypatch.undo()
    assert 0 < Order.objects.count() < 150
    assert load()
    assert digest() == whole


@pytest.mark.django_db
def test_logins_work_and_are_for_the_owner_alone(local_folder: Path) -> None:
    accounts = ensure_accounts()
    assert accounts_file().stat().st_mode & 0o077 == 0
    for name, password in accounts.passwords.items():
        user = authenticate(username=name, password=password)
        assert user is not None
        assert user.is_staff
    assert authenticate(username="admin", password=accounts.passwords["admin"]).is_superuser  # type: ignore[union-attr]
    marketing = authenticate(username="marketing", password=accounts.passwords["marketing"])
    assert [group.name for group in marketing.groups.all()] == ["marketing"]  # type: ignore[union-attr]


@pytest.mark.django_db
def test_logins_of_another_database_are_made_anew(local_folder: Path) -> None:
    with transaction.atomic():
        elsewhere = ensure_accounts()
        transaction.set_rollback(True)
    here = ensure_accounts()
    assert here.passwords["admin"] != elsewhere.passwords["admin"]
    assert here.till_tokens["chicago"] != elsewhere.till_tokens["chicago"]
    assert authenticate(username="admin", password=here.passwords["admin"]) is not None
    assert ensure_accounts() == here


@pytest.mark.django_db
def test_a_till_token_quotes_at_its_own_store(local_folder: Path) -> None:
    load()
    accounts = read_accounts()
    assert accounts is not None
    order = {"pos_config": "chicago", "lines": [{"sku": "COF-005", "qty": "3"}]}
    answers = {
        store: Client().post(
            "/api/v1/orders/quote",
            order,
            content_type="application/json",
            headers={"Authorization": f"Token {accounts.till_tokens[store]}"},
        )
        for store in ("chicago", "denver")
    }
    assert answers["chicago"].status_code == 200
    assert Decimal(answers["chicago"].json()["discount_total"]) == Decimal("10.40")
    assert answers["denver"].status_code == 404


@pytest.mark.django_db
def test_logins_are_printed(local_folder: Path) -> None:
    with pytest.raises(CommandError, match="load_demo_shop"):
        call_command("demo_logins")
    accounts = ensure_accounts()
    out = StringIO()
    call_command("demo_logins", stdout=out)
    for secret in (*accounts.passwords.values(), *accounts.till_tokens.values()):
        assert secret in out.getvalue()


@pytest.mark.django_db
def test_a_shop_too_small_for_its_levels_is_refused(local_folder: Path) -> None:
    with pytest.raises(CommandError, match="at least 20"):
        call_command("load_demo_shop", members=5)
    assert not Partner.objects.exists()
