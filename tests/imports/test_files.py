"""Files of other systems are taken over row by row, and what cannot be is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from imports.errors import UnreadableFile
from imports.files.kinds import KINDS
from imports.files.reading import read_cells
from imports.models import ImportedRow
from imports.services.import_file import import_file
from imports.services.run_import import Imported
from loyalty.models import LoyaltyCard, Partner
from loyalty.services.upsert_loyalty_program import upsert_loyalty_program
from promotions.models import Order, PosConfig, Product
from tests.imports.conftest import NOW, everything

pytestmark = pytest.mark.django_db


def load(path: Path, kind: str, columns: Mapping[str, str] | None = None, **more: Any) -> Imported:
    """Import a file."""
    return import_file(
        path=path,
        kind=KINDS[kind]("till"),
        source="till",
        columns=columns or {},
        at=NOW,
        **more,
    )


def faults() -> dict[str, list[tuple[str, str]]]:
    """Return field and code of each fault, by key."""
    rows = ImportedRow.objects.exclude(faults=[])
    return {row.key: [(one["field"], one["code"]) for one in row.faults] for row in rows}


@pytest.fixture
def products(tmp_path: Path) -> Path:
    """Write products with awkward ones among them."""
    path = tmp_path / "products.csv"
    path.write_text(
        "sku,name,price,category,tags,active\n"
        "TEA,Tea,5.00,Drinks,Hot;New,yes\n"
        "CUP,,8.00,,,\n"
        'MUG,"Mug, large",eight,,,\n'
        ",Nothing,1,,,\n"
        "TEA,Tea again,6.00,,,\n"
        "OLD,Old,1.50,,,no\n"
        "/,Slash,1,,,\n"
        "NEG,Minus,-1,,,\n",
        encoding="utf-8-sig",
    )
    return path


def test_products_come_from_csv_and_the_rest_is_told(products: Path) -> None:
    done = load(products, "products")
    tea = Product.objects.get(sku="TEA")
    assert tea.category is not None
    assert (tea.name, tea.price, tea.category.path, tea.tags) == (
        "Tea", 5, "Drinks", ["Hot", "New"]
    )  # fmt: skip
    assert not Product.objects.get(sku="OLD").active
    assert Product.objects.count() == 2
    assert faults() == {
        "CUP": [("name", "required")],
        "MUG": [("price", "number_unread")],
        "#4": [("sku", "required")],
        "TEA#5": [("", "duplicate_key")],
        "#7": [("sku", "key_unfit")],
        "NEG": [("price", "out_of_range")],
    }
    assert done.tally.counts["products"]["refused"] == 6


def test_a_file_twice_changes_nothing_and_a_newer_one_what_differs(products: Path) -> None:
    load(products, "products")
    before = everything()
    load(products, "products")
    assert everything() == before
    products.write_text("sku,name,price\nTEA,Tea,5.50\nCUP,Cup,8\nOLD,Old,1.50\n")
    done = load(products, "products")
    assert done.tally.counts["products"] == {
        "made": 1, "changed": 2, "unchanged": 0, "refused": 0, "left_out": 0
    }  # fmt: skip
    # Without the column its category stays; what is mended or gone is no longer told.
    tea = Product.objects.get(sku="TEA")
    assert tea.category is not None
    assert (tea.price, faults()) == (Decimal("5.50"), {})


def test_a_dry_run_of_a_file_writes_nothing(products: Path) -> None:
    before = everything()
    done = load(products, "products", dry_run=True)
    assert done.tally.counts["products"]["made"] == 2
    assert everything() == before


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("No;Customer;Mail\n17;Ann;ann@example.com\n18;Bob;bob\n")
    load(path, "partners", {"ref": "No", "name": "Customer", "email": "Mail"})
    assert set(Partner.objects.values_list("ref", "name", "email")) == {
        ("17", "Ann", "ann@example.com"),
        ("18", "Bob", ""),
    }
    assert faults() == {"18": [("email", "email_left_out")]}


def test_balances_come_from_json_lines_and_are_equal(tmp_path: Path) -> None:
    upsert_loyalty_program(ref="club", name="Club")
    path = tmp_path / "cards.jsonl"
    rows: list[dict[str, object]] = [
        {"code": "C-1", "loyalty_program": "club", "balance": "12.34"},
        {"code": "C-2", "loyalty_program": "club", "balance": 7, "expires_at": "2099-12-31"},
        {"code": "C-3", "loyalty_program": "none", "balance": 1},
        {"code": "C-4", "loyalty_program": "club", "balance": "1.234"},
        {"code": "C-5", "loyalty_program": "club", "balance": -1, "partner": "x\u0000y"},
    ]
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    done = load(path, "cards")
    held = dict(LoyaltyCard.objects.values_list("code", "points"))
    assert held == {"C-1": Decimal("12.34"), "C-2": 7}
    assert done.balances is not None
    assert (done.balances.differences, done.balances.are_equal) == ((), False)
    assert done.balances.refused == ("C-3", "C-4", "C-5")
    assert faults() == {
        "C-3": [("loyalty_program", "unknown_reference")],
        "C-4": [("", "points_too_precise")],
        "C-5": [("partner", "unknown_reference")],
    }
    rows[0]["balance"] = "2.34"
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    assert load(path, "cards").tally.counts["cards"]["changed"] == 1
    assert LoyaltyCard.objects.get(code="C-1").points == Decimal("2.34")


@pytest.mark.parametrize("never", ["9999-12-31", "9999-12-31T23:59:59+00:00", "9000-01-01"])
def test_the_last_day_of_the_calendar_means_never(tmp_path: Path, never: str) -> None:
    upsert_loyalty_program(ref="club", name="Club")
    path = tmp_path / "cards.csv"
    path.write_text(f"code,loyalty_program,balance,expires_at\nC-1,club,5,{never}\n")
    done = load(path, "cards")
    assert done.balances is not None
    assert done.balances.are_equal
    card = LoyaltyCard.objects.get()
    assert (card.points, card.expires_at) == (5, None)


def test_what_a_newer_file_does_not_tell_of_a_card_stays(tmp_path: Path) -> None:
    upsert_loyalty_program(ref="club", name="Club")
    ann = Partner.objects.create(ref="ann", name="Ann")
    path = tmp_path / "cards.csv"
    path.write_text("code,loyalty_program,balance,partner,expires_at\nC-1,club,5,ann,2030-12-31\n")
    load(path, "cards")
    path.write_text("code,loyalty_program,balance\nC-1,club,6\n")
    load(path, "cards")
    card = LoyaltyCard.objects.get()
    assert (card.points, card.partner) == (6, ann)
    assert card.expires_at == datetime(2031, 1, 1, tzinfo=UTC)
    path.write_text("code,loyalty_program,balance,partner,expires_at\nC-1,club,6,,\n")
    load(path, "cards")
    card.refresh_from_db()
    assert (card.partner, card.expires_at) == (None, None)


@pytest.mark.parametrize("at", ["9999-12-31", "0026-01-05", "0001-01-01", "2999-01-01"])
def test_an_order_of_a_year_that_was_mistyped_is_refused(tmp_path: Path, at: str) -> None:
    (tmp_path / "s.csv").write_text("ref,name,currency\nmain,Main,USD\n")
    (tmp_path / "p.csv").write_text("sku,name,price\nTEA,Tea,5\n")
    (tmp_path / "o.csv").write_text(
        f"ref,at,pos_config,sku,qty\nA,{at},main,TEA,2\nB,2025-05-01,main,TEA,1\n"
    )
    for name, kind in (("s", "pos_configs"), ("p", "products"), ("o", "orders")):
        load(tmp_path / f"{name}.csv", kind)
    assert list(faults()) == ["A"]
    assert Order.objects.get().ref == "B"


def test_everything_comes_from_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imports.files.reading._AT_ONCE", 500)
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as writer:
        writer.execute(
            f"COPY (SELECT 'TEA' AS sku, 'Tea' AS name, 5.25::decimal(8, 2) AS price,"
            f" ['Hot', 'New'] AS tags, true AS active) TO '{tmp_path}/p.parquet'"
        )
        writer.execute(
            f"COPY (SELECT 'o-' || n AS ref, timestamptz '2025-05-01 10:00+07' AS at,"
            f" 'main' AS pos_config, [{{'sku': 'TEA', 'qty': n}}] AS lines,"
            f" 5.00::decimal(8, 2) * n AS charged_total FROM range(1, 1203) t(n))"
            f" TO '{tmp_path}/o.parquet'"
        )
    (tmp_path / "s.jsonl").write_text('{"ref": "main", "name": "Main", "currency": "USD"}\n')
    load(tmp_path / "s.jsonl", "pos_configs")
    load(tmp_path / "p.parquet", "products")
    assert Product.objects.get().tags == ["Hot", "New"]
    assert PosConfig.objects.get().currency == "USD"
    # More than one page is read; a few are enough to be sold.
    assert len({row["ref"] for row in read_cells(tmp_path / "o.parquet")}) == 1202
    with duckdb.connect() as writer:
        few = f"SELECT * FROM read_parquet('{tmp_path}/o.parquet') LIMIT 2"
        writer.execute(f"COPY ({few}) TO '{tmp_path}/few.parquet'")
    load(tmp_path / "few.parquet", "orders")
    sold = Order.objects.get(ref="o-2")
    assert (sold.total, sold.discount_total, sold.ordered_at.isoformat()) == (
        10, Decimal("0.50"), "2025-05-01T03:00:00+00:00"
    )  # fmt: skip


def test_orders_come_line_by_line_from_csv(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("ref,name,currency\nmain,Main,USD\n")
    (tmp_path / "p.csv").write_text("sku,name,price\nTEA,Tea,5\nCUP,Cup,8\n")
    (tmp_path / "o.csv").write_text(
        "ref,at,pos_config,sku,qty,unit_price,charged_total\n"
        "A,2025-05-01T10:00:00+07:00,main,TEA,2,,15.00\n"
        "A,2025-05-01T10:00:00+07:00,main,CUP,1,7.50,15.00\n"
        "B,2025-05-01,main,TEA,0.5,4.10,\n"
        "C,yesterday,main,TEA,1,,\n"
        "D,2025-05-01,main,GONE,1,,\n"
        "E,2025-05-01,main,TEA,1,,99\n"
    )
    for name, kind in (("s", "pos_configs"), ("p", "products"), ("o", "orders")):
        load(tmp_path / f"{name}.csv", kind)
    first, second = Order.objects.order_by("ref")
    assert (first.subtotal, first.total, first.lines.count()) == (Decimal("17.50"), 15, 2)
    assert (second.total, second.ordered_at.isoformat()) == (
        Decimal("2.05"), "2025-05-01T00:00:00+00:00"
    )  # fmt: skip
    assert faults() == {
        "C": [("at", "instant_unread")],
        "D": [("", "unknown_product")],
        "E": [("", "charged_total_out_of_range")],
    }


@pytest.mark.parametrize(
    ("name", "content", "facts"),
    [
        ("p.csv", "sku,price\nTEA,1\n", {"missing_columns": ["name"], "unknown_fields": []}),
        ("p.jsonl", '{"sku": "A"}\n[1]\n', {"missing_columns": ["name", "price"]}),
        ("p.jsonl", "{oops\n", {"line": 1}),
        ("p.xls", "x", {}),
        ("p.parquet", "x", {}),
        ("p.csv", b"sku,name,price\n\xff\xfe,1,2\n", {}),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    tmp_path: Path, name: str, content: str | bytes, facts: dict[str, object]
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UnreadableFile) as refused:
        load(path, "products")
    assert {**refused.value.facts, **facts} == refused.value.facts
    assert (Product.objects.count(), ImportedRow.objects.count()) == (0, 0)


def test_a_mapping_of_unknown_fields_is_refused(products: Path) -> None:
    with pytest.raises(UnreadableFile) as refused:
        load(products, "products", {"colour": "name"})
    assert refused.value.facts["unknown_fields"] == ["colour"]
