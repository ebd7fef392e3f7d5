"""Imports in the admin: what became of rows, what is wrong with them, and as a file."""

from __future__ import annotations

import csv

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from access.services.set_up_roles import set_up_roles
from imports.models import ImportedRow, ImportRun
from tests.imports.conftest import OdooShop


@pytest.fixture
def staff(odoo: OdooShop) -> Client:
    """Import, and give the client of somebody from marketing."""
    odoo.load(tables=["pos_configs", "products", "partners", "programs", "cards"])
    set_up_roles()
    user = User.objects.create_user("mira", password="x", is_staff=True)
    user.groups.add(Group.objects.get(name="marketing"))
    client = Client()
    client.force_login(user)
    return client


def test_a_run_tells_counts_balances_and_where_the_faults_are(staff: Client) -> None:
    run = ImportRun.objects.get()
    text = staff.get("/admin/imports/importrun/").content.decode()
    assert f"odoo {run.pk}" in text
    text = staff.get(f"/admin/imports/importrun/{run.pk}/change/").content.decode()
    assert '<th scope="row">odoo:program:6</th><td>2</td><td>123.75</td><td>123.75</td>' in text
    assert "/admin/imports/importedrow/?faults=some&amp;source=odoo" in text


def test_rows_with_faults_are_listed_with_what_to_do(staff: Client) -> None:
    page = "/admin/imports/importedrow/"
    text = staff.get(page, {"faults": "some", "source": "odoo"}).content.decode()
    assert "It is for some price lists only, and there are none here." in text
    assert "BEANS" in text
    text = staff.get(page, {"faults": "none"}).content.decode()
    assert "price lists" not in text
    row = ImportedRow.objects.get(table="programs", key="10")
    text = staff.get(f"{page}{row.pk}/change/").content.decode()
    assert "Remove the price lists there, or make the program anew here." in text


def test_the_file_has_every_fault_and_speaks_the_language_of_the_page(staff: Client) -> None:
    answer = staff.get(
        "/admin/imports/importedrow/faults.csv",
        {"source": "odoo"},
        headers={"Accept-Language": "id"},
    )
    rows = list(csv.reader(answer.getvalue().decode().splitlines()))
    assert rows[0][0] == "Tabel"
    assert ["partners", "13", "name", "required", "tidak", "Ini kosong.", "Isi di sana."] in rows
    assert len(rows) == 1 + sum(len(row.faults) for row in ImportedRow.objects.all())


def test_who_may_not_see_imports_gets_no_file(staff: Client) -> None:
    client = Client()
    client.force_login(User.objects.create_user("guest", password="x", is_staff=True))
    assert client.get("/admin/imports/importedrow/faults.csv").status_code == 403
    assert client.get("/admin/imports/importrun/").status_code == 403
