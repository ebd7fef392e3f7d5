"""Orders of the past stand as they were charged, and move nothing."""

from __future__ import annotations

from decimal import Decimal

from imports.models import ImportedRow
from promotions.models import Order
from promotions.services.replay_orders import replay_orders
from reporting.services.load_facts import load_facts
from tests.imports.conftest import OdooShop
from tests.imports.test_import_from_odoo import faults

# What orders refer to.
TABLES = ("pos_configs", "products", "partners", "orders", "sales")


def order(ref: str) -> Order:
    """Return an order."""
    return Order.objects.get(ref=ref)


def test_orders_stand_as_they_were_charged(odoo: OdooShop) -> None:
    odoo.load(tables=TABLES)
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


def test_weighed_goods_and_manual_discounts_come_to_what_was_paid(odoo: OdooShop) -> None:
    odoo.load(tables=TABLES)
    weighed, sale = order("odoo:orders:5"), order("odoo:sales:1")
    assert (weighed.total, weighed.discount_total) == (Decimal("3.33"), 0)
    assert (sale.total, sale.discount_total, sale.pos_config.ref) == (18, 0, "odoo:sales:1")
    lines = sale.lines.values_list("sku", "unit_price", "total")
    assert list(lines) == [("CUP-L", 9, 18), ("TEA", 0, 0)]


def test_orders_move_no_points_and_apply_no_program(odoo: OdooShop) -> None:
    done = odoo.load(tables=[*TABLES, "programs", "cards"])
    assert done.balances is not None
    assert done.balances.differences == ()
    for one in Order.objects.all():
        assert not one.rewards.exists()
        assert one.evaluation["decision"].get("points", []) == []


def test_imported_orders_can_be_decided_again_and_reported(odoo: OdooShop) -> None:
    odoo.load(tables=TABLES)
    assert list(replay_orders().differences) == []
    keys = list(Order.objects.values_list("pk", flat=True))
    assert load_facts(order_ids=keys).order_facts == 3


def test_what_was_not_sold_is_left_out_and_the_rest_is_refused(odoo: OdooShop) -> None:
    odoo.load(tables=TABLES)
    assert faults("orders") == {
        "3": [("lines", "refund_not_taken")],
        "4": [("product_id", "not_imported")],
    }
    assert faults("sales") == {"3": [("currency_id", "other_currency")]}
    left_out = ImportedRow.objects.filter(table__in=["orders", "sales"], state="left_out")
    assert set(left_out.values_list("table", "key")) == {("orders", "2"), ("sales", "2")}


def test_an_order_that_changed_there_is_refused_and_stays(odoo: OdooShop) -> None:
    odoo.load(tables=TABLES)
    odoo.run(
        "UPDATE pos_order SET amount_total = 30, write_date = '2024-08-01' WHERE id = 1;"
        "UPDATE pos_order SET state = 'cancel', write_date = '2024-08-01' WHERE id = 5"
    )
    odoo.load(tables=TABLES)
    assert faults("orders")["1"] == [("", "row_contradicts")]
    assert faults("orders")["5"] == [("state", "called_off_there")]
    assert order("odoo:orders:1").total == Decimal("31.32")
