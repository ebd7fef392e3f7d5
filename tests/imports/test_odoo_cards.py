"""Cards and coupons hold here what they hold there, to the cent, before and after they move."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from imports.models import ImportedRow
from imports.services.check_balances import check_balances
from loyalty.models import LoyaltyCard, PointHistory
from loyalty.services.adjust_points import adjust_points
from loyalty.services.verify_ledger import verify_ledger
from promotions.models import Coupon
from tests.imports.conftest import NOW, OdooShop, everything
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


def test_balances_are_those_of_the_odoo(odoo: OdooShop) -> None:
    done = odoo.load(tables=TABLES)
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
    assert done.balances is not None
    assert done.balances.differences == ()
    sums = {one.program: (one.codes, one.there, one.here) for one in done.balances.programs}
    assert sums["odoo:program:6"] == (2, Decimal("123.75"), Decimal("123.75"))
    assert sums[""] == (6, Decimal(16), Decimal(0))
    assert verify_ledger().flaw is None


def test_a_member_card_has_its_history_behind_an_opening_balance(odoo: OdooShop) -> None:
    odoo.load(tables=TABLES)
    assert statement("0441-a1b2-c3d4") == [
        ("2024-04-01", Decimal("3.45"), "import:odoo: opening balance"),
        ("2024-04-01", Decimal(100), "import:odoo: Order Main street/0001"),
        ("2024-05-01", Decimal(20), "import:odoo: Order Main street/0007"),
    ]
    # This one would have been below zero: it begins with today's balance alone.
    assert statement("0442-a1b2-c3d4") == [
        ("2026-03-01", Decimal("0.30"), "import:odoo: opening balance")
    ]


def test_cards_have_their_owner_and_their_end(odoo: OdooShop) -> None:
    odoo.load(tables=TABLES)
    ann = card("0441-a1b2-c3d4").partner
    assert ann is not None
    assert ann.ref == "odoo:partner:10"
    # Two gift cards may be meant for one person: they belong to who holds the code.
    assert (card("0445-gift").partner, card("0446-gift").partner) == (None, None)
    assert card("0444-gift").expires_at == datetime(2100, 1, 1, tzinfo=UTC)
    assert Coupon.objects.get(code="0450-coupon").expires_at == datetime(2020, 6, 1, tzinfo=UTC)


def test_cards_that_cannot_be_are_refused(odoo: OdooShop) -> None:
    odoo.load(tables=TABLES)
    assert faults("cards") == {
        "3": [("", "card_already_held")],
        "11": [("", "code_taken")],
        "12": [("points", "negative_balance")],
        "14": [("program_id", "no_codes_of_program")],
        "16": [("program_id", "not_imported")],
    }
    left_out = ImportedRow.objects.filter(table="cards", state="left_out")
    assert set(left_out.values_list("key", flat=True)) == {"9", "13", "17"}


def test_what_moves_there_moves_here(odoo: OdooShop) -> None:
    odoo.load(tables=TABLES)
    odoo.run(
        "UPDATE loyalty_card SET points = 113.45, write_date = '2024-08-01' WHERE id = 1;"
        "INSERT INTO loyalty_history (card_id, description, issued, used, create_date, write_date)"
        " VALUES (1, 'Order Main street/0009', 0, 15, '2024-08-01', '2024-08-01');"
        "UPDATE loyalty_card SET points = 45.5, write_date = '2024-08-01' WHERE id = 7;"
        "UPDATE loyalty_card SET points = 0, write_date = '2024-08-01' WHERE id IN (4, 8)"
    )
    done = odoo.load(tables=TABLES)
    assert done.balances is not None
    assert done.balances.differences == ()
    # Fifteen were spent by an order, and five came by themselves.
    assert statement("0441-a1b2-c3d4")[3:] == [
        ("2024-08-01", Decimal("-3.45"), "import:odoo: Order Main street/0009"),
        ("2024-08-01", Decimal("-11.55"), "import:odoo: Order Main street/0009"),
        ("2026-03-01", Decimal(5), "import:odoo: change"),
    ]
    assert (card("0447-wallet").points, card("0444-gift").points) == (Decimal("45.5"), 0)
    # The coupon was used there, so it cannot be used here as well.
    assert Coupon.objects.get(code="0448-coupon").points == 0
    before = everything()
    odoo.load(tables=TABLES)
    assert everything() == before


def test_what_is_moved_here_meanwhile_is_told_and_kept(odoo: OdooShop) -> None:
    odoo.load(tables=TABLES)
    gift = card("0444-gift")
    adjust_points(card_id=gift.pk, points=Decimal(-20), reason="sale", idempotency_key="k", at=NOW)
    odoo.run("UPDATE loyalty_card SET points = 40, write_date = '2024-08-01' WHERE id = 4")
    done = odoo.load(tables=TABLES)
    assert card("0444-gift").points == 20
    assert done.balances is not None
    assert done.balances.differences == ()
    (gifts,) = (one for one in done.balances.programs if one.program == "odoo:program:7")
    assert (gifts.there, gifts.here, gifts.moved_here) == (Decimal("52.34"), Decimal("32.34"), -20)


def test_points_spent_on_both_sides_are_refused(odoo: OdooShop) -> None:
    odoo.load(tables=TABLES)
    gift = card("0444-gift")
    adjust_points(card_id=gift.pk, points=Decimal(-45), reason="sale", idempotency_key="k", at=NOW)
    odoo.run("UPDATE loyalty_card SET points = 0, write_date = '2024-08-01' WHERE id = 4")
    done = odoo.load(tables=TABLES)
    assert faults("cards")["4"] == [("", "insufficient_points")]
    assert card("0444-gift").points == 5
    assert done.balances is not None
    (differs,) = done.balances.differences
    assert (differs.code, differs.there, differs.here, differs.moved_here) == (
        "0444-gift", 0, 5, -45
    )  # fmt: skip


@pytest.mark.parametrize("points", ["NaN", "Infinity", "1e12"])
def test_points_that_are_no_number_are_refused(odoo: OdooShop, points: str) -> None:
    odoo.run(f"UPDATE loyalty_card SET points = '{points}' WHERE id = 1")
    odoo.load(tables=TABLES)
    assert faults("cards")["1"] == [("points", "number_unfit")]
    # Now Ann's other card can be hers.
    assert card("0443-a1b2-c3d4").points == 7


def test_a_code_that_was_changed_there_is_refused(odoo: OdooShop) -> None:
    odoo.load(tables=TABLES)
    odoo.run("UPDATE loyalty_card SET code = 'new', write_date = '2024-08-01' WHERE id = 4")
    odoo.load(tables=TABLES)
    assert faults("cards")["4"] == [("code", "row_contradicts")]
    assert card("0444-gift").points == 50


def test_check_balances_finds_what_differs(odoo: OdooShop) -> None:
    odoo.load(tables=TABLES)
    checked = check_balances(
        source="odoo",
        there=[("1", Decimal("123.45")), ("4", Decimal("50.01")), ("12", Decimal(-5))],
        at=NOW,
    )
    (differs,) = checked.differences
    assert (differs.key, differs.there, differs.here) == ("4", Decimal("50.01"), 50)
    assert checked.programs[0].there == -5
