"""Levels and points changed by staff in the admin: guarded, with a reason, through the services."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from access.services.set_up_roles import set_up_roles
from events.models import Event
from loyalty.models import (
    LoyaltyCard,
    Membership,
    MembershipLevelPath,
    MembershipProduct,
    Partner,
    PointHistory,
)
from promotions.models import Order
from tests.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00")
    shop.member("ann", points="100")
    for rank, (ref, threshold) in enumerate((("silver", "100"), ("gold", "500")), start=1):
        shop.admin.ok("PUT", f"membership-products/{ref}", {"name": ref.title(), "rank": rank})
        body = {"membership_product": ref, "threshold": threshold, "sequence": rank}
        shop.admin.ok("PUT", f"level-paths/{ref}", body)
    return shop


def staff(*permissions: str, group: str = "") -> Client:
    """Return the client of somebody who may do this and no more."""
    user = User.objects.create_user("staff", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    if group:
        set_up_roles()
        user.groups.set(user.groups.model.objects.filter(name=group))
    client = Client()
    client.force_login(user)
    return client


def page(kind: str, action: str) -> str:
    key = Partner.objects.get().pk if kind == "partner" else LoyaltyCard.objects.get().pk
    return f"/admin/loyalty/{kind}/{key}/{action}/"


def held() -> str | None:
    found = Membership.objects.filter(closed_at=None).first()
    return found.membership_product.ref if found else None


def test_the_page_shows_the_numbers_before_anything_is_done(shop, admin_client):
    shop.commit(("A", "2"), partner="ann")
    Membership.objects.all().delete()
    text = admin_client.get(page("partner", "evaluate-level")).content.decode()
    assert "Spending earns Silver instead of No level." in text
    cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", text)
    assert (cells[-5], cells[-3:]) == ("Gold", ["200", "500", "300"])
    assert cells[-10] == "Silver"
    assert held() is None
    done = admin_client.post(page("partner", "evaluate-level"), follow=True)
    assert "Spending earns Silver" in done.content.decode()
    assert held() == "silver"
    assert (
        "Silver is right; nothing changes."
        in admin_client.get(page("partner", "evaluate-level")).content.decode()
    )


def test_the_page_says_what_keeps_a_level_that_spending_does_not_earn(shop, admin_client):
    shop.commit(("A", "2"), partner="ann")
    url = page("partner", "change-level")
    admin_client.post(url, {"level": MembershipProduct.objects.get(ref="gold").pk, "reason": "x"})

    now = timezone.now()

    def told(stop: datetime | None) -> str:
        Membership.objects.filter(closed_at=None).update(
            membership_start=now - timedelta(days=9), membership_stop=stop
        )
        return str(admin_client.get(page("partner", "evaluate-level")).content.decode())

    assert "Gold is kept, whatever was spent: it does not end by itself." in told(None)
    assert "Gold is kept until 5 Mar 2099, whatever was spent" in told(
        datetime(2099, 3, 5, tzinfo=UTC)
    )
    MembershipLevelPath.objects.update(grace_days=30)
    assert "Gold is still kept: its term was over on" in told(now - timedelta(days=3))


def test_every_column_of_a_members_page_has_its_name_on_a_phone(shop, admin_client):
    order = shop.commit(("A", "2"), partner="ann")
    text = admin_client.get(page("partner", "change")).content.decode()
    assert "Select record" not in text
    found = Order.objects.get(ref=order["ref"])
    leads = rf'href="/admin/promotions/order/{found.pk}/change/[^"]*"[^>]*>\s*{found.ref}\s*</a>'
    assert re.search(leads, text)


def test_a_level_is_set_with_a_reason(shop, admin_client):
    gold = shop.admin.ok("PUT", "membership-products/gold", {"name": "Gold", "rank": 2})["id"]
    url = page("partner", "change-level")
    refused = admin_client.post(url, {"level": gold, "reason": ""})
    assert refused.status_code == 200
    assert "This field is required." in refused.content.decode()
    assert held() is None
    admin_client.post(url, {"level": gold, "reason": "A guest of the house"})
    assert held() == "gold"
    event = Event.objects.filter(type="MembershipChanged").latest("id")
    assert event.payload["reason"] == "by hand: A guest of the house"
    assert "A guest of the house" in LogEntry.objects.latest("id").change_message
    admin_client.post(url, {"level": "", "reason": "Gone"})
    assert held() is None


def test_points_are_corrected_through_the_ledger_and_once(shop, admin_client):
    url = page("loyaltycard", "adjust-points")
    text = admin_client.get(url).content.decode()
    assert "100" in text
    (key,) = re.findall(r'name="key" value="(\w+)"', text)
    sent = {"points": "-30", "reason": "Scanned twice", "key": key}
    for _ in range(2):
        admin_client.post(url, sent)
    assert shop.balance() == 70
    row = PointHistory.objects.latest("id")
    assert (row.kind, row.points_amount, row.origin) == ("adjust", -30, "Scanned twice")
    assert "Scanned twice" not in LogEntry.objects.latest("id").change_message
    refused = admin_client.post(url, {"points": "-500", "reason": "Too much", "key": "other"})
    assert "enough points" in refused.content.decode()
    assert shop.balance() == 70


@pytest.mark.parametrize("points", ["", "0", "1.23456", "many"])
def test_what_is_no_correction_is_refused(shop, admin_client, points):
    url = page("loyaltycard", "adjust-points")
    answer = admin_client.post(url, {"points": points, "reason": "Why not", "key": "k"})
    assert answer.status_code == 200
    assert shop.balance() == 100


@pytest.mark.parametrize("group", ["marketing", "manager"])
def test_points_are_corrected_by_those_alone_who_may(shop, group):
    client = staff(group=group)
    url = page("loyaltycard", "adjust-points")
    assert client.get(url).status_code == 403
    sent = {"points": "30", "reason": "For me", "key": "k"}
    assert client.post(url, sent).status_code == 403
    assert shop.balance() == 100
    assert "adjust-points" not in client.get(page("loyaltycard", "change")).content.decode()


def test_who_was_granted_it_corrects_points(shop):
    client = staff("view_loyaltycard", "adjust_points")
    assert "adjust-points" in client.get(page("loyaltycard", "change")).content.decode()
    client.post(
        page("loyaltycard", "adjust-points"), {"points": "5", "reason": "Sorry", "key": "k"}
    )
    assert shop.balance() == 105


def test_managers_see_the_numbers_and_change_no_level(shop):
    shop.commit(("A", "2"), partner="ann")
    Membership.objects.all().delete()
    client = staff(group="manager")
    text = client.get(page("partner", "evaluate-level")).content.decode()
    assert "Spending earns Silver" in text
    assert "Do this now" not in text
    client.post(page("partner", "evaluate-level"))
    assert client.post(page("partner", "change-level"), {"reason": "x"}).status_code == 403
    assert held() is None


def test_marketing_changes_levels(shop):
    client = staff(group="marketing")
    silver = shop.admin.ok("PUT", "membership-products/silver", {"name": "Silver"})["id"]
    client.post(page("partner", "change-level"), {"level": silver, "reason": "Campaign"})
    assert held() == "silver"
