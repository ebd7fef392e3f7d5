"""An Odoo is taken over, again and again, and nothing is taken twice."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connection

from imports.errors import ImportRunning, SourceLacks, SourceUnreachable
from imports.models import ImportedRow, ImportRun, ImportWatermark
from imports.odoo.database import open_database
from imports.outcome import LOCK
from imports.services import import_from_odoo as service
from imports.services.load_batch import load_batch
from loyalty.models import Partner
from promotions.models import Order, PosConfig, Product
from tests.imports.conftest import OdooShop, address_of, everything


def faults(odoo_rows: str) -> dict[str, list[tuple[str, str]]]:
    """Return field and code of each fault that the rows of a table have, by key."""
    rows = ImportedRow.objects.filter(table=odoo_rows).exclude(faults=[])
    return {row.key: [(one["field"], one["code"]) for one in row.faults] for row in rows}


def test_products_come_with_price_category_and_tags(odoo: OdooShop) -> None:
    odoo.load(tables=["products"])
    beans, cup = Product.objects.get(sku="BEANS"), Product.objects.get(sku="CUP-L")
    assert (beans.name, beans.price, beans.active) == ("Beans", Decimal("14.90"), True)
    assert beans.category is not None
    assert (beans.category.path, beans.tags) == ("All > Drinks > Coffee", ["Sale"])
    assert (cup.price, cup.tags) == (Decimal("10.00"), ["Treat"])
    assert cup.category is not None
    assert cup.category.path == "All > Food / hot"
    old = Product.objects.get(sku="odoo:product:8")
    assert (old.name, old.active) == ("Vieux", False)


def test_names_come_in_the_language_asked_for(odoo: OdooShop) -> None:
    odoo.load(tables=["products"], language="id_ID")
    beans = Product.objects.get(sku="BEANS")
    assert (beans.name, beans.tags) == ("Biji kopi", ["Obral"])


def test_barcodes_can_be_the_skus(odoo: OdooShop) -> None:
    odoo.load(tables=["products"], sku="barcode")
    assert set(Product.objects.values_list("sku", flat=True)) == {
        *("899001", "899002"),
        *(f"odoo:product:{key}" for key in (3, 4, 5, 6, 8)),
    }


def test_awkward_products_are_mended_refused_or_left_out(odoo: OdooShop) -> None:
    done = odoo.load(tables=["products"])
    assert faults("products") == {
        "6": [("default_code", "code_in_use")],
        "8": [("default_code", "code_unfit")],
        "9": [("price", "out_of_range")],
    }
    assert done.tally.counts["products"] == {
        "made": 7, "changed": 0, "unchanged": 0, "refused": 1, "left_out": 1
    }  # fmt: skip
    assert ImportedRow.objects.get(table="products", key="7").state == "left_out"
    assert not Product.objects.filter(name="Rebate").exists()


def test_members_come_without_what_is_wrong_with_them(odoo: OdooShop) -> None:
    odoo.load(tables=["partners"])
    ann, bob = (Partner.objects.get(ref=f"odoo:partner:{key}") for key in (10, 11))
    assert (ann.name, ann.email, ann.phone) == ("Ann Lee", "ann@example.com", "+62 811 1")
    assert (bob.name, bob.email, bob.phone) == ("Bob", "", "0812")
    assert len(Partner.objects.get(ref="odoo:partner:14").name) <= 200
    assert faults("partners") == {
        "11": [("email", "email_left_out")],
        "13": [("name", "required")],
        "14": [("name", "shortened")],
    }
    assert Partner.objects.count() == 5


def test_points_of_sale_have_the_currency_and_zone_of_their_company(odoo: OdooShop) -> None:
    odoo.load(tables=["pos_configs"])
    stores = PosConfig.objects.values_list("ref", "name", "currency", "time_zone")
    assert set(stores) == {
        ("odoo:pos:1", "Main street", "USD", "Asia/Jakarta"),
        ("odoo:pos:2", "Airport", "EUR", "Asia/Jakarta"),
        ("odoo:sales:1", "Warung Kopi: sales", "USD", "Asia/Jakarta"),
    }


def test_a_second_import_changes_nothing(odoo: OdooShop) -> None:
    odoo.load()
    before = everything()
    again = odoo.load()
    assert everything() == before
    assert [counts["made"] + counts["changed"] for counts in again.tally.counts.values()] == [0] * 8
    odoo.load(full=True)
    assert everything() == before
    assert ImportRun.objects.filter(state="done").count() == 3


def test_only_what_changed_is_read_again(odoo: OdooShop) -> None:
    odoo.load()
    mark = ImportWatermark.objects.get(table="products").mark
    odoo.run("UPDATE product_template SET list_price = 6 WHERE id = 2")
    # What was changed long before the mark, and says so, was read and is not read again.
    odoo.run("UPDATE product_product SET write_date = '2024-06-01' WHERE id <> 2")
    odoo.run("UPDATE product_product SET write_date = '2024-08-01' WHERE id = 2")
    done = odoo.load()
    assert done.tally.counts["products"] == {
        "made": 0, "changed": 1, "unchanged": 0, "refused": 1, "left_out": 0
    }  # fmt: skip
    assert Product.objects.get(sku="TEA").price == 6
    moved = ImportWatermark.objects.get(table="products").mark
    assert mark is not None
    assert moved is not None
    assert (mark.isoformat(), moved.isoformat()) == (
        "2024-07-01T10:00:00.123456+00:00",
        "2024-08-01T00:00:00+00:00",
    )


def test_a_row_that_was_shown_late_is_not_missed(odoo: OdooShop) -> None:
    odoo.load(tables=["partners"])
    odoo.run(
        "INSERT INTO res_partner (name, type, active, write_date)"
        " VALUES ('Late', 'contact', true, '2024-07-01 09:50')"
    )
    done = odoo.load(tables=["partners"])
    assert done.tally.counts["partners"]["made"] == 1


def test_a_refused_row_is_tried_again_when_what_it_lacked_is_there(odoo: OdooShop) -> None:
    odoo.load()
    odoo.run("UPDATE product_template SET list_price = 1 WHERE id = 9")
    done = odoo.load()
    # Neither the program nor the order was changed there since.
    assert done.tally.counts["products"]["made"] == 1
    assert done.tally.counts["programs"]["made"] == 1
    # The order that sold it, and the refund of that order.
    assert done.tally.counts["orders"]["made"] == 2
    assert "14" not in faults("programs")


def test_what_staff_changed_here_stays_until_it_changes_there(odoo: OdooShop) -> None:
    odoo.load(tables=["products"])
    Product.objects.filter(sku="TEA").update(name="Iced tea")
    odoo.load(tables=["products"], full=True)
    assert Product.objects.get(sku="TEA").name == "Iced tea"


def test_an_order_that_changed_there_is_refused_and_stays(odoo: OdooShop) -> None:
    odoo.load(tables=["pos_configs", "products", "partners", "orders", "sales"])
    odoo.run(
        "UPDATE pos_order SET amount_total = 30, write_date = '2024-08-01' WHERE id = 1;"
        "UPDATE pos_order SET state = 'cancel', write_date = '2024-08-01' WHERE id = 5"
    )
    odoo.load(tables=["pos_configs", "products", "partners", "orders", "sales"])
    assert faults("orders")["1"] == [("", "row_contradicts")]
    assert faults("orders")["5"] == [("state", "called_off_there")]
    assert Order.objects.get(ref="odoo:orders:1").total == Decimal("31.32")


def test_a_dry_run_tells_the_same_and_writes_nothing(odoo: OdooShop) -> None:
    before = everything()
    tried = odoo.load(dry_run=True)
    assert everything() == before
    assert ImportRun.objects.count() == 0
    done = odoo.load()
    assert tried.run_id is None
    assert tried.tally.counts == done.tally.counts
    assert tried.balances == done.balances


def test_an_import_that_was_killed_goes_on_where_it_was(
    odoo: OdooShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imports.odoo.database.PAGE", 2)
    monkeypatch.setattr(service, "PAGE", 2)
    batches = list[object]()

    def load_two_batches(**asked: Any) -> object:
        if len(batches) == 2:
            raise KeyboardInterrupt
        batches.append(asked)
        return load_batch(**asked)

    with monkeypatch.context() as patched:
        patched.setattr(service, "load_batch", load_two_batches)
        with pytest.raises(KeyboardInterrupt):
            odoo.load(tables=["partners"])
    assert Partner.objects.count() == 3
    assert ImportRun.objects.get().state == "failed"
    stands = ImportWatermark.objects.get()
    assert (stands.in_pass, stands.last_id, stands.mark) == (True, 12, None)
    done = odoo.load(tables=["partners"])
    assert done.tally.counts["partners"] == {
        "made": 2, "changed": 0, "unchanged": 0, "refused": 1, "left_out": 0
    }  # fmt: skip
    assert Partner.objects.count() == 5


def test_an_odoo_17_is_taken_over_too(make_odoo: Callable[[str], OdooShop], db: None) -> None:
    done = make_odoo("17").load()
    assert done.balances is not None
    assert done.balances.differences == ()
    assert {table: counts["made"] for table, counts in done.tally.counts.items()} == {
        "pos_configs": 3, "products": 7, "partners": 5, "programs": 12, "cards": 10, "orders": 4,
        "sales": 1, "credit_notes": 1,
    }  # fmt: skip


def test_two_imports_from_one_source_do_not_run_at_once(odoo: OdooShop) -> None:
    with psycopg.connect(address_of(connection.settings_dict["NAME"])) as other:
        other.execute("SELECT pg_advisory_lock(%s, hashtext('odoo'))", [LOCK])
        with pytest.raises(ImportRunning):
            odoo.load(tables=["partners"])
        assert Partner.objects.count() == 0
        odoo.load(tables=["partners"], name="other")
        assert Partner.objects.filter(ref__startswith="other:").count() == 5


def test_nothing_can_be_written_to_the_odoo(odoo: OdooShop) -> None:
    with open_database(odoo.url, language="en_US") as source:
        assert source.count("res.partner", since=None, after=0) == 7
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            source._connection.execute("DELETE FROM loyalty_history")
    assert odoo.value("SELECT count(*) FROM loyalty_history") == 3


def test_a_database_that_is_no_odoo_is_refused(odoo: OdooShop) -> None:
    odoo.run("ALTER TABLE loyalty_card DROP COLUMN points")
    with pytest.raises(SourceLacks) as refused:
        odoo.load()
    assert refused.value.facts == {"table": "loyalty_card", "columns": ["points"]}
    assert ImportRun.objects.get().error == {
        "code": "source_lacks",
        "detail": refused.value.detail,
        "facts": {"table": "loyalty_card", "columns": "points"},
    }


def test_a_database_that_is_not_there_is_told_without_the_password() -> None:
    url = "postgresql://punchcard:secret@127.0.0.1:1/odoo"  # nobody listens on port 1
    with pytest.raises(SourceUnreachable) as refused, open_database(url, language="en_US"):
        pass
    assert "secret" not in str(refused.value)
