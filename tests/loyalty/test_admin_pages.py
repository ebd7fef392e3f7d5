"""Members and cards in the admin: found by what a cashier asks, and points never typed."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from loyalty.models import LoyaltyCard, LoyaltyProgram, Partner
from tests.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """Give a store with two members."""
    shop = Shop()
    shop.member("ann", points="120.5")
    shop.member("bob", points="3")
    return shop


@pytest.fixture
def staff() -> Client:
    """Give the client of an administrator."""
    client = Client()
    client.force_login(User.objects.create_superuser("ana", password="x"))
    return client


@pytest.mark.parametrize("typed", ["ann", "Ann", "club-ann", "CLUB ANN"])
def test_a_member_is_found_by_reference_name_and_card(
    shop: Shop, staff: Client, typed: str
) -> None:
    text = staff.get("/admin/loyalty/partner/", {"q": typed}).content.decode()
    assert ">ann<" in text.replace(" ", "").replace("\n", "")
    assert ">bob<" not in text.replace(" ", "").replace("\n", "")


def test_a_members_page_shows_cards_and_statement(shop: Shop, staff: Client) -> None:
    partner = Partner.objects.get(ref="ann")
    text = staff.get(f"/admin/loyalty/partner/{partner.pk}/change/").content.decode()
    assert "120.5" in text
    assert "Points statement" in text
    assert "+120.5" in text


def test_a_members_page_shows_orders_and_coupons(shop: Shop, staff: Client) -> None:
    shop.products(A="10.00")
    shop.commit(("A", "1"), partner="ann", ref="of-ann")
    shop.commit(("A", "1"), partner="bob", ref="of-bob")
    made = shop.program("coupons", rewards=[{"discount": {"mode": "fixed", "value": "5"}}])
    body = {"codes": ["FOR-ANN"], "partner": "ann"}
    shop.admin.ok("POST", f"programs/{made['id']}/coupons", body)
    partner = Partner.objects.get(ref="ann")
    text = staff.get(f"/admin/loyalty/partner/{partner.pk}/change/").content.decode()
    assert "of-ann" in text
    assert "FOR-ANN" in text
    assert "of-bob" not in text


def test_a_card_is_shown_with_its_qr_and_nothing_to_type(shop: Shop, staff: Client) -> None:
    card = LoyaltyCard.objects.get(code="club-ann")
    page = f"/admin/loyalty/loyaltycard/{card.pk}/change/"
    text = staff.get(page).content.decode()
    assert "<svg" in text
    assert 'name="points"' not in text
    assert staff.post(page, {"points": "1000000"}).status_code == 403
    assert staff.get("/admin/loyalty/loyaltycard/add/").status_code == 403
    card.refresh_from_db()
    assert str(card.points) == "120.5000"


def test_a_member_is_changed_and_keeps_reference_and_cards(shop: Shop, staff: Client) -> None:
    partner = Partner.objects.get(ref="ann")
    fields = {"ref": "other", "name": "Ann Lee", "email": "ann@example.com", "phone": ""}
    answer = staff.post(
        f"/admin/loyalty/partner/{partner.pk}/change/", fields | _no_inlines(staff, partner.pk)
    )
    assert answer.status_code == 302
    partner.refresh_from_db()
    assert (partner.ref, partner.name, partner.email) == ("ann", "Ann Lee", "ann@example.com")
    assert shop.balance("ann") == 120.5


def test_a_kind_of_points_that_contradicts_itself_is_refused_at_its_field(
    shop: Shop, staff: Client
) -> None:
    kind = LoyaltyProgram.objects.get(ref="club")
    fields = {
        "name": "Club",
        "unit": "points",
        "point_decimals": "2",
        "expiry": "none",
        "expiry_length": "0",
        "expiry_round_up": "none",
        "pending_days": "0",
        "negative_balance": "floor_at_zero",
        "earn_on": "paid",
        "earning_cap_period": "month",
        "time_zone": "Nowhere/Land",
    }
    answer = staff.post(f"/admin/loyalty/loyaltyprogram/{kind.pk}/change/", fields)
    assert answer.status_code == 200
    assert "This is no time zone." in answer.content.decode()
    kind.refresh_from_db()
    assert kind.time_zone == "UTC"


def _no_inlines(staff: Client, pk: int) -> dict[str, str]:
    """Return the management fields of the tables on a member's page."""
    found = {}
    for prefix in ("cards", "memberships"):
        for name in ("TOTAL_FORMS", "INITIAL_FORMS"):
            found[f"{prefix}-{name}"] = "0"
    return found
