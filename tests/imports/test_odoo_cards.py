"""Cards and coupons hold here what they hold there, to the cent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from imports.models import ImportedRow, ImportRun
from loyalty.models import LoyaltyCard, PointHistory
from loyalty.services.verify_ledger import verify_ledger
from promotions.models import Coupon
from tests.imports.conftest import OdooShop
from tests.imports.test_import_from_odoo import faults

# What cards refer to.
TABLES = ("pos_configs", "products", "partners", "programs", "cards")


def card(code: str) -> LoyaltyCard:
    """Return a card."""
    return LoyaltyCard.objects.get(code=code)


def statement(code: str) -> list[tuple[str, Decimal, str]]:
    """Return day, points and origin of each row of a card's journal."""
    rows = PointHistory.objects.filter(card__code=code).order_by("sequence")
    return [
        (row.transaction_time.date().isoformat(), row.points_amount, row.origin) for row in rows
    ]


def test_balances_are_those_of_the_odoo(taken_over: OdooShop, db: None) -> None:
    held = dict(LoyaltyCard.objects.values_list("code", "points"))
    assert held == {
        "0441-a1b2-c3d4": Decimal("123.45"),
        "0442-a1b2-c3d4": Decimal("0.30"),
        "0444-gift": 50,
        "0445-gift": Decimal("12.34"),
        "0446-gift": 0,
        "0447-wallet": Decimal("25.50"),
    }
    left = dict(Coupon.objects.values_list("code", "points"))
    assert left == {"0448-coupon": 1, "0450-coupon": 1, "0455-next": 1}
    sums = {one["program"]: one for one in ImportRun.objects.get().balances}
    assert sums["odoo:program:6"] == {
        "program": "odoo:program:6",
        "codes": 2,
        "there": "123.75",
        "here": "123.75",
        "moved_here": "0",
    }
    assert (sums[""]["codes"], sums[""]["there"]) == (6, "16")
    assert verify_ledger().flaw is None


def test_a_card_has_its_history_behind_an_opening_balance(taken_over: OdooShop, db: None) -> None:
    assert statement("0441-a1b2-c3d4") == [
        ("2024-04-01", Decimal("3.45"), "import:odoo: opening balance"),
        ("2024-04-01", Decimal(100), "import:odoo: Order Main street/0001"),
        ("2024-05-01", Decimal(20), "import:odoo: Order Main street/0007"),
    ]
    # This one would have been below zero: it begins with today's balance alone.
    assert statement("0442-a1b2-c3d4") == [
        ("2026-03-01", Decimal("0.30"), "import:odoo: opening balance")
    ]


def test_cards_have_their_owner_and_their_end(taken_over: OdooShop, db: None) -> None:
    ann = card("0441-a1b2-c3d4").partner
    assert ann is not None
    assert ann.ref == "odoo:partner:10"
    # Two gift cards may be meant for one person: they belong to who holds the code.
    assert (card("0445-gift").partner, card("0446-gift").partner) == (None, None)
    assert card("0444-gift").expires_at == datetime(2100, 1, 1, tzinfo=UTC)
    assert Coupon.objects.get(code="0450-coupon").expires_at == datetime(2020, 6, 1, tzinfo=UTC)


def test_cards_that_cannot_be_are_refused(taken_over: OdooShop, db: None) -> None:
    assert faults("cards") == {
        "3": [("", "card_already_held")],
        "11": [("", "code_taken")],
        "12": [("points", "negative_balance")],
        "14": [("program_id", "no_codes_of_program")],
        "16": [("program_id", "not_imported")],
    }
    left_out = ImportedRow.objects.filter(table="cards", state="left_out")
    assert set(left_out.values_list("key", flat=True)) == {"9", "13", "17"}
