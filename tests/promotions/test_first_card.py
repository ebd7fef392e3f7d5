"""A member's first points, when two programs make them at once."""

from decimal import Decimal

import pytest

from loyalty.models import LoyaltyCard
from loyalty.services.verify_ledger import verify_ledger
from tests.shop import Shop


@pytest.mark.django_db
def test_two_programs_that_make_the_same_points_share_the_first_card() -> None:
    shop = Shop()
    shop.products(TEA="10.00")
    shop.member("ann")
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club"})
    club = {"name": "Club", "program_type": "loyalty", "loyalty_program": "club", "publish": True}
    shop.admin.ok("POST", "programs", club)
    bonus = {**club, "name": "Bonus", "program_type": "promotion"}
    shop.admin.ok("POST", "programs", {**bonus, "rewards": [{"points": {"amount": "20"}}]})
    lines = [{"sku": "TEA", "qty": "1"}]
    shop.till.ok(
        "POST", "orders", {"ref": "o1", "pos_config": "main", "partner": "ann", "lines": lines}
    )
    assert LoyaltyCard.objects.get().points == Decimal(30)
    assert verify_ledger().flaw is None
