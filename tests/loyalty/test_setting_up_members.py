"""Members, levels and level paths are set up by reference."""

import pytest

from loyalty.errors import InvalidLevelPath, InvalidText, MembershipProductNotFound
from loyalty.models import Membership, MembershipLevelPath, MembershipProduct, Partner
from loyalty.services.upsert_membership_product import upsert_membership_product
from loyalty.services.upsert_partner import upsert_partner
from tests.loyalty.book import DAY, NOON, level, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def silver() -> int:
    return level("silver", 1)


@pytest.fixture
def gold() -> int:
    return level("gold", 2)


def test_a_member_is_set_up_and_set_up_again(silver, gold):
    first = upsert_partner(
        ref="ann", name=" Ann ", email="ann@example.com", phone="+62 1", membership="gold", at=NOON
    )
    assert (first.created, first.membership_product_id) == (True, gold)
    again = upsert_partner(ref="ann", name="Anne", at=NOON + DAY)
    assert (again.created, again.partner_id) == (False, first.partner_id)
    row = Partner.objects.get()
    assert (row.name, row.email, row.phone, row.created_at) == ("Anne", "", "", NOON)
    assert Membership.objects.get(closed_at=None).membership_product_id == gold
    upsert_partner(ref="ann", name="Anne", membership="silver", at=NOON + DAY)
    assert Membership.objects.get(closed_at=None).membership_product_id == silver
    upsert_partner(ref="ann", name="Anne", membership="", at=NOON + 2 * DAY)
    assert not Membership.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("ref", {"ref": "  "}),
        ("ref", {"ref": "x" * 65}),
        ("name", {"name": ""}),
        ("name", {"name": "a\0b"}),
        ("email", {"email": "not an address"}),
        ("phone", {"phone": "1" * 41}),
    ],
)
def test_a_member_with_unusable_details_is_refused(field, wrong):
    with pytest.raises(InvalidText) as refused:
        upsert_partner(**({"ref": "ann", "name": "Ann", "at": NOON} | wrong))
    assert refused.value.facts["field"] == field
    assert not Partner.objects.exists()


def test_a_member_is_not_made_for_an_unknown_level():
    with pytest.raises(MembershipProductNotFound) as missing:
        upsert_partner(ref="ann", name="Ann", membership="platinum", at=NOON)
    assert missing.value.facts == {"membership_product": "platinum"}
    assert not Partner.objects.exists()


def test_levels_and_paths_are_set_up_again_by_reference():
    first = upsert_membership_product(ref="gold", name="Gold", rank=3)
    again = upsert_membership_product(ref="gold", name="Golden")
    assert (first.created, again.created) == (True, False)
    assert MembershipProduct.objects.values_list("name", "rank").get() == ("Golden", 0)
    step("gold", "100", 1)
    step("gold", "200", 2)
    assert MembershipLevelPath.objects.values_list("threshold", "sequence").get() == (200, 2)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("threshold", {"threshold": "-1"}),
        ("threshold", {"threshold": "NaN"}),
        ("sequence", {"sequence": -1}),
        ("window_months", {"window_months": 0}),
        ("term_months", {"term_months": -1}),
        ("grace_days", {"grace_days": -1}),
    ],
)
def test_a_path_that_cannot_be_is_refused(gold, field, wrong):
    with pytest.raises(InvalidLevelPath) as refused:
        step("gold", wrong.pop("threshold", "1"), wrong.pop("sequence", 1), **wrong)
    assert refused.value.facts["field"] == field
    assert not MembershipLevelPath.objects.exists()


def test_a_path_needs_a_known_level():
    with pytest.raises(MembershipProductNotFound):
        step("gold", "1", 1)
    with pytest.raises(InvalidText):
        upsert_membership_product(ref="gold", name="Gold", rank=-1)
    assert not MembershipProduct.objects.exists()
