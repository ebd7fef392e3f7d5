"""Orders of the past stand as they were charged, and move nothing."""

from __future__ import annotations

from decimal import Decimal

from imports.models import ImportedRow
from loyalty.models import PointHistory
from promotions.models import Order
from promotions.services.replay_orders import replay_orders
from reporting.services.load_facts import load_facts
from tests.imports.conftest import OdooShop
from tests.imports.test_import_from_odoo import faults


def order(ref: str) -> Order:
    """Return an order."""
    return Order.objects.get(ref=ref)


def test_orders_stand_as_they_were_charged(taken_over: OdooShop, db: None) -> None:
    sold = order("odoo:orders:1")
    assert (sold.subtotal, sold.discount_total, sold.total) == (
        Decimal("34.80"), Decimal("3.48"), Decimal("31.32")
    )  # fmt: skip
    assert (sold.pos_config.ref, sold.ordered_at.isoformat()) == (
        "odoo:pos:1", "2024-04-01T09:30:00+00:00"
    )  # fmt: skip
    assert sold.partner is not None
    assert sold.partner.ref == "odoo:partner:10"
    lines = sold.lines.values_list("sku", "qty", "unit_price", "total")
    assert list(lines) == [
        ("BEANS", 2, Decimal("14.90"), Decimal("26.82")),
        ("TEA", 1, 5, Decimal("4.50")),
    ]


def test_weighed_and_discounted_goods_come_to_what_was_paid(taken_over: OdooShop, db: None) -> None:
    weighed, sale = order("odoo:orders:5"), order("odoo:sales:1")
    assert (weighed.total, weighed.discount_total) == (Decimal("3.33"), 0)
    assert (sale.total, sale.discount_total, sale.pos_config.ref) == (18, 0, "odoo:sales:1")
    lines = sale.lines.values_list("sku", "unit_price", "total")
    assert list(lines) == [("CUP-L", 9, 18), ("TEA", 0, 0)]


def test_orders_move_no_points_and_apply_no_program(taken_over: OdooShop, db: None) -> None:
    assert PointHistory.objects.filter(origin__contains="odoo:orders").count() == 0
    for one in Order.objects.all():
        assert not one.rewards.exists()
        assert one.evaluation["decision"].get("points", []) == []


def test_imported_orders_can_be_decided_again_and_reported(taken_over: OdooShop, db: None) -> None:
    assert list(replay_orders().differences) == []
    keys = list(Order.objects.values_list("pk", flat=True))
    assert load_facts(order_ids=keys).order_facts == 4


def test_what_was_not_sold_is_left_out_or_refused(taken_over: OdooShop, db: None) -> None:
    assert faults("orders") == {
        "3": [("amount_total", "refund_differs")],
        "4": [("product_id", "not_imported")],
        "7": [("lines", "refund_of_nothing")],
        "8": [("", "order_not_found")],
        "9": [("lines", "no_goods_back")],
    }
    assert faults("sales") == {"3": [("currency_id", "other_currency")]}
    assert faults("credit_notes") == {"2": [("lines", "price_correction")]}
    left_out = ImportedRow.objects.filter(
        table__in=["orders", "sales", "credit_notes"], state="left_out"
    )
    assert set(left_out.values_list("table", "key")) == {
        ("orders", "2"), ("sales", "2"), ("credit_notes", "3"), ("credit_notes", "4")
    }  # fmt: skip
