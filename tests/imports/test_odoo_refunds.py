"""Goods that came back there come back here: on their day, of their sale, without moving points."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from imports.models import ImportedRow
from imports.services.check_balances import check_balances
from imports.wording import told
from loyalty.models import LoyaltyCard, PointHistory, PointOperation
from promotions.models import Order, OrderReturn
from reporting.queries.period import GroupBy
from reporting.services.check_reports import check_reports
from reporting.services.load_facts import load_facts
from tests.imports.conftest import NOW, OdooShop


def returned(ref: str) -> list[tuple[str, Decimal, list[tuple[str, Decimal, Decimal]]]]:
    """Return day, refund and lines of each return of an order."""
    return [
        (
            one.returned_at.isoformat(),
            one.refund,
            [(row.line.sku, row.qty, row.refund) for row in one.lines.order_by("line__line_id")],
        )
        for one in OrderReturn.objects.filter(order__ref=ref).order_by("returned_at")
    ]


def test_a_refund_is_a_return_of_its_sale(taken_over: OdooShop, db: None) -> None:
    beans, tea = Decimal("13.41"), Decimal("4.50")
    assert returned("odoo:orders:1") == [
        ("2024-04-01T10:00:00+00:00", beans, [("BEANS", 1, beans)]),
        ("2024-04-03T01:00:00+00:00", tea, [("TEA", 1, tea)]),
    ]
    sold = Order.objects.get(ref="odoo:orders:1")
    assert (sold.status, sold.total, sold.refund_total) == (
        "partly_returned", Decimal("31.32"), Decimal("17.91")
    )  # fmt: skip
    # Nothing is sold by a refund alone.
    assert not Order.objects.filter(ref="odoo:orders:3").exists()
    row = ImportedRow.objects.get(table="orders", key="3")
    assert (row.state, row.ref) == ("loaded", "odoo:orders:1")


def test_where_another_sum_was_paid_back_it_is_told(taken_over: OdooShop, db: None) -> None:
    (fault,) = ImportedRow.objects.get(table="orders", key="3").faults
    assert fault["mended"]
    assert (
        told(fault)[0] == "14.90 was paid back there; what came back of odoo:orders:1 cost 13.41."
    )
    # The tea was paid back less its part of the discount, as here.
    assert ImportedRow.objects.get(table="orders", key="6").faults == []


def test_an_exchange_is_a_return_and_a_sale(taken_over: OdooShop, db: None) -> None:
    sold = Order.objects.get(ref="odoo:orders:6")
    assert (sold.total, sold.refund_total, sold.discount_total) == (8, 0, 0)
    assert list(sold.lines.values_list("sku", "qty", "total")) == [("CUP-S", 1, 8)]


def test_a_credit_note_is_a_return_of_its_sales_order(taken_over: OdooShop, db: None) -> None:
    assert returned("odoo:sales:1") == [("2024-06-05T02:00:00+00:00", 9, [("CUP-L", 1, 9)])]


def test_refunds_move_no_points(taken_over: OdooShop, db: None) -> None:
    assert not PointHistory.objects.filter(kind="reverse").exists()
    assert LoyaltyCard.objects.get(code="0441-a1b2-c3d4").points == Decimal("123.45")
    checked = check_balances(source="odoo", there=[("1", Decimal("123.45"))], at=NOW)
    assert checked.differences == ()


def test_reports_subtract_them_on_their_day(taken_over: OdooShop, db: None) -> None:
    loaded = load_facts(
        order_ids=list(Order.objects.values_list("pk", flat=True)),
        return_ids=list(OrderReturn.objects.values_list("pk", flat=True)),
        operation_ids=list(PointOperation.objects.values_list("pk", flat=True)),
    )
    assert loaded.order_facts == 4 + 3
    checked = check_reports(since=date(2024, 3, 1), until=date(2024, 7, 1), group_by=GroupBy.DAY)
    assert checked.numbers > 0
    assert checked.differences == ()
