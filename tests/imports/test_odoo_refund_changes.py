"""Refunds that come before their sale, change later, or ask for more than was sold."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from tests.imports.conftest import OdooShop, everything
from tests.imports.test_import_from_odoo import faults
from tests.imports.test_odoo_refunds import returned


def test_a_credit_note_of_another_day_counts_on_that_day(odoo: OdooShop) -> None:
    odoo.run("UPDATE account_move SET invoice_date = '2024-06-03' WHERE id = 1")
    odoo.load()
    ((at, _refund, _lines),) = returned("odoo:sales:1")
    assert datetime.fromisoformat(at) == datetime(2024, 6, 3, 12, tzinfo=UTC)


def test_a_refund_waits_for_its_sale(odoo: OdooShop) -> None:
    odoo.load()
    assert faults("orders")["8"] == [("", "order_not_found")]
    odoo.run(
        "UPDATE pos_order_line SET product_id = 2, price_subtotal_incl = 1 WHERE id = 6;"
        " UPDATE pos_order SET amount_total = 6, write_date = '2024-08-01' WHERE id = 4"
    )
    odoo.load()
    assert not {"4", "8"} & set(faults("orders"))
    assert returned("odoo:orders:4") == [("2024-04-03T03:00:00+00:00", 5, [("TEA", 1, Decimal(5))])]


def test_a_refund_that_was_changed_is_refused(odoo: OdooShop) -> None:
    odoo.load()
    before = everything()
    odoo.run(
        "UPDATE pos_order_line SET qty = -2 WHERE id = 5;"
        " UPDATE pos_order SET write_date = '2024-08-01' WHERE id = 3"
    )
    odoo.load()
    assert faults("orders")["3"] == [("", "row_contradicts")]
    changed = {name for name, digest in everything().items() if before[name] != digest}
    assert changed == {"imports_importedrow", "imports_importwatermark"}


def test_more_than_was_sold_does_not_come_back(odoo: OdooShop) -> None:
    odoo.run("UPDATE pos_order_line SET qty = -3 WHERE id = 5")
    odoo.load()
    assert faults("orders")["3"] == [("", "return_exceeds_order")]
    assert [at for at, _refund, _lines in returned("odoo:orders:1")] == [
        "2024-04-03T01:00:00+00:00"
    ]
