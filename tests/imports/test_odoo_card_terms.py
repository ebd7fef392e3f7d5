"""Whose a card is, how long it is good and whether it can be used follow the other system."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from loyalty.models import LoyaltyCard, Partner, PointHistory
from loyalty.services.change_card import change_card
from loyalty.services.verify_ledger import verify_ledger
from promotions.models import Coupon
from tests.imports.conftest import NOW, OdooShop, everything
from tests.imports.test_import_from_odoo import faults

# What cards refer to.
TABLES = ("pos_configs", "products", "partners", "programs", "cards")


def card(code: str) -> LoyaltyCard:
    """Return a card."""
    return LoyaltyCard.objects.get(code=code)


def change(odoo: OdooShop, card_id: int, **fields: str) -> None:
    """Change a card there, as of a day after the first import."""
    changes = ", ".join(f"{name} = {value}" for name, value in fields.items())
    odoo.run(f"UPDATE loyalty_card SET {changes}, write_date = '2024-08-01' WHERE id = {card_id}")


def load_again(odoo: OdooShop) -> None:
    """Import what changed; nothing differs then, and a third import changes nothing."""
    done = odoo.load(tables=TABLES)
    assert done.balances is not None
    assert done.balances.differences == ()
    assert verify_ledger().flaw is None
    before = everything()
    odoo.load(tables=TABLES)
    assert everything() == before


@pytest.fixture
def imported(odoo: OdooShop) -> OdooShop:
    """Give an Odoo whose cards are here; it has no second card of Ann that waits for the first."""
    odoo.run("DELETE FROM loyalty_card WHERE id = 3")
    odoo.load(tables=TABLES)
    return odoo


def test_an_expiry_that_moves_there_moves_here(imported: OdooShop) -> None:
    assert card("0444-gift").expires_at == datetime(2100, 1, 1, tzinfo=UTC)
    change(imported, 4, expiration_date="'2027-06-30'")
    change(imported, 1, expiration_date="'2028-12-31'")
    change(imported, 10, expiration_date="NULL")
    load_again(imported)
    assert card("0444-gift").expires_at == datetime(2027, 7, 1, tzinfo=UTC)
    assert card("0441-a1b2-c3d4").expires_at == datetime(2029, 1, 1, tzinfo=UTC)
    assert Coupon.objects.get(code="0450-coupon").expires_at is None
    change(imported, 4, expiration_date="NULL")
    load_again(imported)
    assert card("0444-gift").expires_at is None


def test_a_card_for_ever_has_no_expiry(imported: OdooShop) -> None:
    change(imported, 4, expiration_date="'9999-12-31'")
    load_again(imported)
    assert card("0444-gift").expires_at is None


def test_a_card_that_is_archived_there_is_blocked_here(imported: OdooShop) -> None:
    # Its last move and its end come together.
    change(imported, 1, active="false", points="103.45")
    imported.run(
        "INSERT INTO loyalty_history (card_id, description, issued, used, create_date, write_date)"
        " VALUES (1, 'Order Main street/0010', 0, 20, '2024-08-01', '2024-08-01')"
    )
    change(imported, 8, active="false")
    load_again(imported)
    blocked = card("0441-a1b2-c3d4")
    assert (blocked.active, blocked.points) == (False, Decimal("103.45"))
    assert PointHistory.objects.filter(card=blocked, points_amount__lt=0).exists()
    assert Coupon.objects.get(code="0448-coupon").withdrawn_at == NOW
    change(imported, 1, active="true", points="104.45")
    change(imported, 8, active="true")
    load_again(imported)
    assert (card("0441-a1b2-c3d4").active, card("0441-a1b2-c3d4").points) == (
        True, Decimal("104.45")
    )  # fmt: skip
    assert Coupon.objects.get(code="0448-coupon").withdrawn_at is None


def test_what_moves_on_an_archived_card_is_its_balance_alone(imported: OdooShop) -> None:
    change(imported, 1, active="false")
    load_again(imported)
    change(imported, 1, points="100")
    imported.run(
        "INSERT INTO loyalty_history (card_id, description, issued, used, create_date, write_date)"
        " VALUES (1, 'Correction', 0, 23.45, '2024-08-02', '2024-08-02')"
    )
    load_again(imported)
    assert card("0441-a1b2-c3d4").points == 100
    last = PointHistory.objects.filter(card__code="0441-a1b2-c3d4").order_by("sequence").last()
    assert last is not None
    assert last.origin == "import:odoo: change"


def test_a_card_that_changes_hands_there_does_so_here(imported: OdooShop) -> None:
    cora = Partner.objects.get(ref="odoo:partner:15")
    change(imported, 1, partner_id="15")
    change(imported, 7, partner_id="NULL")
    change(imported, 8, partner_id="11")
    load_again(imported)
    assert card("0441-a1b2-c3d4").partner == cora
    assert card("0441-a1b2-c3d4").points == Decimal("123.45")
    assert card("0447-wallet").partner is None
    holder = Coupon.objects.get(code="0448-coupon").partner
    assert holder is not None
    assert holder.ref == "odoo:partner:11"


def test_a_member_keeps_one_card_of_a_kind(imported: OdooShop) -> None:
    change(imported, 1, partner_id="11", points="120")
    done = imported.load(tables=TABLES)
    assert faults("cards")["1"] == [("", "card_already_held")]
    kept = card("0441-a1b2-c3d4")
    assert kept.partner is not None
    assert (kept.partner.ref, kept.points) == ("odoo:partner:10", Decimal("123.45"))
    assert done.balances is not None
    (differs,) = done.balances.differences
    assert (differs.code, differs.there) == ("0441-a1b2-c3d4", 120)


def test_what_was_changed_here_stays_until_it_changes_there(imported: OdooShop) -> None:
    wallet, until = card("0447-wallet"), datetime(2030, 1, 1, tzinfo=UTC)
    change_card(card_id=wallet.pk, active=False, expires_at=until)
    change(imported, 7, points="30")
    load_again(imported)
    wallet.refresh_from_db()
    assert (wallet.points, wallet.active, wallet.expires_at) == (30, False, until)
    change(imported, 7, expiration_date="'2031-12-31'")
    load_again(imported)
    wallet.refresh_from_db()
    assert (wallet.active, wallet.expires_at) == (False, datetime(2032, 1, 1, tzinfo=UTC))
