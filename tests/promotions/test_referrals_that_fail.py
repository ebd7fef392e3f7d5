"""A referrer who cannot be rewarded keeps nobody else waiting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

import promotions.services.reward_referrals as module
from loyalty.models import PointMove
from promotions.models import Referral
from promotions.services.reward_referrals import reward_referrals
from tests.promotions.referring import a_shop, bring_a_friend, code_of, points_of
from tests.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return a_shop()


def test_a_referrer_who_cannot_be_rewarded_stops_nobody_else_and_no_order(shop, caplog):
    bring_a_friend(shop)
    shop.member("eve")
    shop.member("dan")
    code, other = code_of(shop), code_of(shop, "dan")
    shop.member("ann", points="5")
    PointMove.objects.update(remaining_point=4)  # by hand, so that the card does not add up
    told = shop.commit(("A", "1"), partner="bob", codes=[code])
    assert (told["status"], told["codes"][0]["status"]) == ("committed", "applied")
    assert "could not be rewarded" in caplog.text
    Referral.objects.update(due_at=timezone.now() - timedelta(days=1))
    shop.commit(("A", "1"), partner="eve", codes=[other])
    assert reward_referrals(at=timezone.now()).rewarded == 0
    assert set(Referral.objects.values_list("referrer__ref", "status")) == {
        ("ann", "pending"),
        ("dan", "rewarded"),
    }
    PointMove.objects.filter(remaining_point=4).update(remaining_point=5)
    assert reward_referrals(at=timezone.now()).rewarded == 1
    assert points_of("ann") == 55


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_however_many_fail_those_behind_them_have_their_turn(shop, monkeypatch, batch):
    bring_a_friend(shop, pending_days=1)
    shop.member("ann", points="5")
    friends = ["bob", "eve", "dan", "fay", "gil"]
    codes = [
        code_of(shop),
        code_of(shop),
        code_of(shop),
        code_of(shop, "bob"),
        code_of(shop, "bob"),
    ]
    for friend, code in zip(friends, codes, strict=True):
        shop.member(friend)
        shop.commit(("A", "1"), partner=friend, codes=[code])
    PointMove.objects.update(remaining_point=4)  # ann's card does not add up
    due = timezone.now() + timedelta(days=2)
    Referral.objects.update(due_at=due)  # all at one instant
    monkeypatch.setattr(module, "_BATCH", batch)
    assert reward_referrals(at=due).rewarded == 2
    assert points_of("bob") == 100
