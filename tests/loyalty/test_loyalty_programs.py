"""Kinds of points."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.db import violated_constraint
from loyalty.domain.terms import Expiry
from loyalty.errors import InvalidLoyaltyProgram, InvalidText, PointDecimalsInUse
from loyalty.models import LoyaltyProgram
from loyalty.services.upsert_loyalty_program import upsert_loyalty_program
from tests.loyalty.book import DAY, NOON, card, kind_of_points

pytestmark = pytest.mark.django_db


def test_a_kind_of_points_is_set_up_again_by_reference():
    first = upsert_loyalty_program(ref="club", name="Club", expiry=Expiry.DAYS, expiry_length=30)
    again = upsert_loyalty_program(
        ref="club", name="Club 2", unit="stars", time_zone="Asia/Jakarta"
    )
    assert (first.created, again.created) == (True, False)
    assert first.loyalty_program_id == again.loyalty_program_id
    row = LoyaltyProgram.objects.get()
    assert (row.name, row.unit, row.expiry, row.expiry_length) == ("Club 2", "stars", "none", 0)
    assert row.terms == "none|0|none|||0|month|Asia/Jakarta"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("point_decimals", {"point_decimals": 5}),
        ("negative_balance", {"negative_balance": "perhaps"}),
        ("earn_on", {"earn_on": "tax"}),
        ("earning_cap", {"earning_cap": Decimal(0)}),
        ("earning_cap", {"earning_cap": Decimal("0.5"), "point_decimals": 0}),
        ("time_zone", {"time_zone": "Mars/Olympus"}),
        ("time_zone", {"time_zone": "../etc/passwd"}),
        ("expiry_length", {"expiry": "days"}),
        ("expiry_day", {"expiry": "calendar", "expiry_month": 2, "expiry_day": 30}),
    ],
)
def test_settings_that_do_not_go_together_are_refused(field, wrong):
    with pytest.raises(InvalidLoyaltyProgram) as refused:
        upsert_loyalty_program(ref="club", name="Club", **wrong)
    assert refused.value.facts["field"] == field
    assert not LoyaltyProgram.objects.exists()


def test_names_are_checked():
    with pytest.raises(InvalidText):
        upsert_loyalty_program(ref="", name="Club")
    assert not LoyaltyProgram.objects.exists()


def test_decimals_that_cards_hold_are_not_taken_away():
    held = card(kind_of_points(ref="club", point_decimals=2))
    held.earn("1.25")
    with pytest.raises(PointDecimalsInUse):
        upsert_loyalty_program(ref="club", name="Club", point_decimals=1)
    assert LoyaltyProgram.objects.get().point_decimals == 2
    held.redeem("1.25", at=NOON + DAY)
    upsert_loyalty_program(ref="club", name="Club", point_decimals=0)
    assert LoyaltyProgram.objects.get().point_decimals == 0


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"expiry": "days"}, "loyalty_program_expiry_says_when"),
        ({"expiry": "calendar", "expiry_month": 1}, "loyalty_program_expiry_says_when"),
        ({"earning_cap": 0}, "loyalty_program_cap_positive"),
        ({"point_decimals": 5}, "loyalty_program_decimals_0_to_4"),
    ],
)
def test_the_table_refuses_the_same(change, constraint):
    kind_of_points()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        LoyaltyProgram.objects.update(**change)
    assert violated_constraint(error.value) == constraint
