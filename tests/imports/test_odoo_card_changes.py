"""What moves there moves here, and what is moved on both sides is told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from imports.services.check_balances import check_balances
from loyalty.models import LoyaltyCard, PointHistory
from loyalty.services.adjust_points import adjust_points
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


def test_moves_of_impossible_times_change_the_balance_and_nothing_else(odoo: OdooShop) -> None:
    odoo.run("UPDATE loyalty_history SET create_date = '0024-04-01' WHERE card_id = 1")
    odoo.load(tables=TABLES)
    (opening,) = statement("0441-a1b2-c3d4")
    assert (opening[0], opening[2]) == ("2026-03-01", "import:odoo: opening balance")

    odoo.run(
        "UPDATE loyalty_card SET points = points + 7, write_date = '2024-08-01' WHERE id = 1;"
        "INSERT INTO loyalty_history (card_id, description, issued, used, create_date, write_date)"
        " VALUES (1, 'Order Main street/0009', 7, 0, '2999-08-01', '2024-08-01')"
    )
    done = odoo.load(tables=TABLES)
    assert done.balances is not None
    assert done.balances.differences == ()
    assert statement("0441-a1b2-c3d4")[1:] == [("2026-03-01", Decimal(7), "import:odoo: change")]
