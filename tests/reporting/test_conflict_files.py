"""The files of the page of conflicts: what it shows, for whoever may see it."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.reporting.test_pages import signed_in
from tests.shop import Shop

pytestmark = pytest.mark.django_db
PAGE = "/admin/promotions/promotionprogram/"
FILE = "/admin/reports/conflicts/file"


@pytest.fixture
def worse() -> int:
    """Give a program that always loses against another; its name is one for a spreadsheet."""
    shop = Shop()
    shop.products(A="10.00")
    made = shop.percent_off("10", name="=Ten")
    shop.percent_off("20", name="Twenty")
    return int(made["id"])


def files_of(client: Client, address: str) -> list[str]:
    """Return where the page says its files are."""
    text = client.get(address).content.decode()
    return [one.replace("&amp;", "&") for one in re.findall(rf'href="({FILE}[^"]*)"', text)]


@pytest.mark.parametrize("group", ["marketing", "manager"])
def test_what_the_page_shows_comes_as_files(worse: int, group: str) -> None:
    client = signed_in(group)
    address, excel = files_of(client, f"{PAGE}conflicts/?share=60")
    assert "share=60" in address
    answer = client.get(address)
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    header, row = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert header[:4] == ["Conflict", "Program id", "Program", "Other programs"]
    assert row[:4] == ["Others always win", str(worse), "'=Ten", "Twenty"]
    assert "in all of 3 baskets Twenty applied instead" in row[4]
    content = b"".join(client.get(excel).streaming_content)  # type: ignore[attr-defined]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [cell.value for cell in sheet[2]][:4] == [row[0], worse, "'=Ten", "Twenty"]


def test_the_files_of_one_program_are_of_it_alone(worse: int) -> None:
    client = signed_in("marketing")
    address, _excel = files_of(client, f"{PAGE}{worse}/conflicts/")
    assert f"program={worse}" in address
    content = b"".join(client.get(address).streaming_content)  # type: ignore[attr-defined]
    assert len(content.decode().splitlines()) == 2


@pytest.mark.parametrize(
    "query",
    [
        *("share=300", "share=x", "format=pdf", "program=x", "program=%00"),
        *("program=999999", f"program={'9' * 5000}"),
    ],
)
def test_what_cannot_be_is_not_there(worse: int, query: str) -> None:
    assert signed_in("marketing").get(f"{FILE}?{query}").status_code == 404


def test_only_who_sees_programs_has_the_files(worse: int) -> None:
    client = Client()
    assert client.get(FILE).status_code == 302
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    assert client.get(FILE).status_code == 403
