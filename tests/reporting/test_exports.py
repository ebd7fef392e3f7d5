"""Reports as files: every row, nothing that a spreadsheet would run, and flat memory."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from reporting.exports import Cell, Table, csv_chunks, write_xlsx
from tests.reporting.conftest import ReportedShop

SPAN = "date_from=2024-01-01&date_to=2027-12-31"


def download(shop: ReportedShop, path: str) -> Any:
    response = shop.admin._client.get(f"/api/v1/{path}", headers=shop.admin._headers)
    assert response.status_code == 200
    return response


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_distinct_customers_are_a_column_if_they_are_asked_for(shop: ReportedShop) -> None:
    shop.sell("one", ["tea"], partner="ann")
    shop.sell("two", ["tea"], partner="ann")
    shop.load()
    path = f"reports/promotions/performance?{SPAN}&group_by=month&format=csv&program_id=tea10"
    asked = download(shop, f"{path}&unique_customers=true")
    head, row = read_csv(b"".join(asked.streaming_content))
    assert (head[-1], row[-1]) == ("Unique customers", "1")
    head, _row = read_csv(b"".join(download(shop, path).streaming_content))
    assert "Unique customers" not in head


def test_a_report_comes_as_csv(shop: ReportedShop) -> None:
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.load()

    response = download(shop, f"reports/promotions/performance?{SPAN}&group_by=month&format=csv")
    header, *rows = read_csv(b"".join(response.streaming_content))

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="promotion-performance.csv"'
    assert header[:5] == ["Date", "Program id", "Program", "Type", "Currency"]
    assert [row[2] for row in rows] == ["Club", "Tea10"]
    assert rows[1][5:11] == ["1", "2", "18.00", "2.00", "28.00", "1.0"]


def test_files_tell_kinds_of_points_and_levels_apart(shop: ReportedShop) -> None:
    shop.member("ann", points="5", club="wallet")
    shop.admin.ok("PUT", "membership-products/gold", {"name": "Gold"})
    shop.admin.ok("PUT", "partners/ann", {"name": "Ann", "membership": "gold"})
    shop.sell("one", ["tea"], partner="ann")
    shop.load()
    for name, columns in (
        ("points/transactions", {"loyalty_program_id": "Kind of points id"}),
        ("points/transactions", {"operation_id": "Operation id"}),
        ("membership/analytics", {"membership_product_id": "Level id"}),
    ):
        told = shop.report(name)
        file = download(shop, f"reports/{name}?{SPAN}&format=csv")
        header, *rows = read_csv(b"".join(file.streaming_content))
        for key, title in columns.items():
            place = header.index(title)
            assert [row[place] for row in rows] == [str(one[key] or "") for one in told]


def test_a_report_comes_as_excel(shop: ReportedShop) -> None:
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.load()

    response = download(shop, f"reports/promotions/performance?{SPAN}&format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active

    assert sheet.freeze_panes == "A2"
    first = [cell.value for cell in sheet[2]]
    assert isinstance(first[0], datetime)
    assert first[2] == "Club"
    assert first[7] == 28
    assert sheet.max_row == 3


@pytest.mark.parametrize(
    ("path", "rows"),
    [("membership/analytics", 1), ("points/transactions", 1), ("promotions/performance", 2)],
)
def test_every_report_has_its_files(shop: ReportedShop, path: str, rows: int) -> None:
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.load()

    content = download(shop, f"reports/{path}?{SPAN}&format=csv")
    assert len(read_csv(b"".join(content.streaming_content))) == rows + 1
    content = download(shop, f"reports/{path}?{SPAN}&format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(content.streaming_content)))
    assert book.active.max_row == rows + 1


def test_an_unknown_kind_of_file_is_refused(shop: ReportedShop) -> None:
    answer = shop.admin.call("GET", f"reports/promotions/performance?{SPAN}&format=pdf")
    assert (shop.admin.status, answer["code"]) == (400, "invalid_query")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_text_is_never_a_formula(text: str) -> None:
    (line,) = read_csv(b"".join(csv_chunks(Table("t", [], [[text, Decimal(-1)]]))))[1:]
    assert line[0] == "'" + text
    assert line[1] == "-1"
    file = io.BytesIO()
    write_xlsx(Table("t", ["a"], [[text]]), file)
    cell = openpyxl.load_workbook(file).active["A2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


def test_numbers_are_written_as_people_write_them() -> None:
    (line,) = read_csv(b"".join(csv_chunks(Table("t", [], [[Decimal("1E+2"), Decimal("0.50")]]))))[
        1:
    ]
    assert line == ["100", "0.50"]


def test_kinds_of_cells_stay_what_they_are() -> None:
    file = io.BytesIO()
    row: list[Cell] = [
        "tea",
        Decimal("1.25"),
        3,
        0.5,
        date(2026, 1, 2),
        datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        None,
    ]
    write_xlsx(Table("t", ["a"] * 7, [row]), file)
    cells = [cell.value for cell in openpyxl.load_workbook(file).active[2]]
    assert cells == [
        "tea",
        1.25,
        3,
        0.5,
        datetime(2026, 1, 2),  # noqa: DTZ001 - Excel knows no zones
        datetime(2026, 1, 2, 3, 4),  # noqa: DTZ001
        None,
    ]


def test_a_long_file_is_never_held_whole() -> None:
    rows: Iterator[list[Cell]] = ([number, "text", Decimal(number)] for number in range(100_000))
    tracemalloc.start()
    size = sum(len(chunk) for chunk in csv_chunks(Table("t", ["a", "b", "c"], rows)))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 1_000_000
    assert peak < 1_000_000


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reporting.exports.MOST_EXCEL_ROWS", 3)
    file = io.BytesIO()
    rows: list[list[Cell]] = [[number] for number in range(7)]
    write_xlsx(Table("long", ["a"], rows), file)
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["long", "long 2", "long 3"]
    assert [sheet.max_row for sheet in book] == [4, 4, 2]
    assert {sheet.freeze_panes for sheet in book} == {"A2"}
    assert book["long 3"]["A2"].value == 6
