"""A code belongs to one program in force."""

from datetime import timedelta

import pytest
from django.utils import timezone

from promotions.errors import CodeTaken
from promotions.models import ProgramVersion, PublishedCode
from promotions.services.publish_programs import publish_programs
from tests.promotions.drafts import catalog_version, draft, publish
from tests.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="10.00", B="2.50")
    return shop


def test_a_code_belongs_to_one_program_in_force(shop):
    first = draft(shop, "promo_code", rules=[{"code": "Summer-10"}])
    second = draft(shop, "promo_code", rules=[{"code": "SUMMER 10"}])
    publish(shop, first)
    before = catalog_version()
    problem = shop.admin.call("POST", f"programs/{second['id']}/publish")
    assert (shop.admin.status, problem["code"]) == (409, "code_taken")
    assert problem["facts"] == {"codes": ["SUMMER 10"], "programs": [first["id"]]}
    assert catalog_version() == before
    shop.admin.ok("POST", f"programs/{first['id']}/pause")
    assert publish(shop, second)["state"] == "published"
    assert PublishedCode.objects.get().program_id == second["id"]


def test_a_code_can_stand_on_two_rules_of_one_program(shop):
    rules = [{"code": "X", "products": ["A"]}, {"code": "x", "products": ["B"]}]
    publish(shop, draft(shop, "promo_code", rules=rules))
    assert PublishedCode.objects.get().code_key == "X"


def test_two_programs_of_one_batch_cannot_share_a_code(shop):
    made = [draft(shop, "promo_code", rules=[{"code": "X"}])["id"] for _ in range(2)]
    with pytest.raises(CodeTaken):
        publish_programs(program_ids=made, published_by=None, at=timezone.now())
    assert not ProgramVersion.objects.exists()


def test_a_code_moves_from_one_program_to_another_in_one_batch(shop):
    one = draft(shop, "promo_code", rules=[{"code": "X"}])["id"]
    two = draft(shop, "promo_code", rules=[{"code": "Y"}])["id"]
    publish_programs(program_ids=[one, two], published_by=None, at=timezone.now())
    for key, code in ((one, "Y"), (two, "X")):
        shop.admin.ok("PATCH", f"programs/{key}", {"rules": [{"code": code}]})
    publish_programs(program_ids=[one, two], published_by=None, at=timezone.now())
    assert set(PublishedCode.objects.values_list("code_key", "program_id")) == {
        ("X", two),
        ("Y", one),
    }


def test_a_coupons_code_is_taken_while_the_coupon_can_be_spent(shop):
    coupons = draft(shop, "coupons")
    path = f"programs/{coupons['id']}/coupons"
    yesterday = (timezone.now() - timedelta(days=1)).isoformat()
    shop.admin.ok("POST", path, {"codes": ["VALID"]})
    shop.admin.ok("POST", path, {"codes": ["OLD"], "expires_at": yesterday})
    taken = draft(shop, "promo_code", rules=[{"code": "valid"}])
    problem = shop.admin.call("POST", f"programs/{taken['id']}/publish")
    assert (problem["code"], problem["facts"]["codes"]) == ("code_taken", ["valid"])
    publish(shop, draft(shop, "promo_code", rules=[{"code": "old"}]))
