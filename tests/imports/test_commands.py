"""What the commands say, and how they end."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from imports.models import ImportRun
from loyalty.models import LoyaltyCard, Partner
from tests.imports.conftest import OdooShop
from tests.imports.rpc_server import DATABASE, KEY, LOGIN, serve

MEMBERS = ["--tables", "partners"]


# Cards with points that are refused, and so would not be here.
REFUSED_LEFT = "DELETE FROM loyalty_card WHERE id IN (3, 11, 12, 14, 16)"


def told(*arguments: str) -> str:
    """Return what import_from_odoo prints."""
    out = StringIO()
    call_command("import_from_odoo", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_tells_rows_faults_and_balances(
    odoo: OdooShop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ODOO_DATABASE_URL", odoo.url)
    odoo.run(REFUSED_LEFT)
    tables = ["--tables", "pos_configs", "products", "partners", "programs", "cards"]
    said = told("--refused", str(tmp_path / "refused.csv"), *tables)
    assert "cards: 12 of 12 (100%)" in said
    assert "All balances are equal to the cent." in said
    assert "refused: partners 13 name: This is empty. Fill it in there." in said
    assert ImportRun.objects.get().origin.startswith("postgresql://")
    with (tmp_path / "refused.csv").open() as file:
        rows = list(csv.reader(file))
    assert rows[0][:4] == ["Table", "Key there", "Field", "Code"]
    assert ["partners", "13", "name", "required", "no", "This is empty.", "Fill it in there."] in (
        rows
    )


def test_a_difference_ends_the_command_with_an_error(
    odoo: OdooShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ODOO_DATABASE_URL", odoo.url)
    odoo.run(REFUSED_LEFT)
    told()
    odoo.run("UPDATE loyalty_card SET points = 51, write_date = '2024-01-01' WHERE id = 4")
    out = StringIO()
    with pytest.raises(CommandError, match="Balances differ"):
        call_command("import_from_odoo", "--tables", "cards", stdout=out)
    assert "0444-gift: 51 there, 50.0000 here (0 moved here)" in out.getvalue()
    call_command("import_from_odoo", "--tables", "cards", "--full", stdout=StringIO())
    assert LoyaltyCard.objects.get(code="0444-gift").points == 51


def test_points_that_are_refused_end_the_command_with_an_error(
    odoo: OdooShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ODOO_DATABASE_URL", odoo.url)
    out = StringIO()
    with pytest.raises(CommandError, match="points were refused"):
        call_command("import_from_odoo", stdout=out)
    assert "The points of 5 codes were refused: 3, 11, 12, 14, 16" in out.getvalue()
    assert "All balances are equal" not in out.getvalue()


def test_json_rpc_takes_its_key_from_the_environment(
    odoo: OdooShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(odoo.url) as (address, _asked):
        asked = ["--json-rpc", address, "--rpc-database", DATABASE, "--user", LOGIN, *MEMBERS]
        monkeypatch.delenv("ODOO_API_KEY", raising=False)
        with pytest.raises(CommandError, match="ODOO_API_KEY"):
            told(*asked)
        monkeypatch.setenv("ODOO_API_KEY", KEY)
        said = told(*asked)
    assert Partner.objects.count() == 5
    assert KEY not in said
    assert KEY not in str(ImportRun.objects.values())


def test_a_dry_run_says_so(odoo: OdooShop) -> None:
    said = told("--database", odoo.url, "--dry-run", *MEMBERS)
    assert "Nothing was written" in said
    assert Partner.objects.count() == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name the Odoo"),
        (["--source", "my odoo", "--database", "x"], "--source"),
        (["--database", "postgresql://127.0.0.1:1/odoo"], "source_unreachable"),
    ],
)
def test_what_is_missing_is_said(
    db: None, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.delenv("ODOO_DATABASE_URL", raising=False)
    with pytest.raises(CommandError, match=said):
        told(*arguments)


def test_a_file_is_imported_by_command(db: None, tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text("No,name\n17,Ann\n,Bob\n")
    (tmp_path / "mapping.json").write_text('{"ref": "No"}')
    out = StringIO()
    call_command(
        "import_files",
        str(tmp_path / "members.csv"),
        "--kind=partners",
        f"--mapping={tmp_path}/mapping.json",
        f"--refused={tmp_path}/refused.csv",
        stdout=out,
    )
    assert "refused: partners #2 ref: This is empty." in out.getvalue()
    assert Partner.objects.get().ref == "17"
    assert "#2" in (tmp_path / "refused.csv").read_text()
    (tmp_path / "mapping.json").write_text("[]")
    with pytest.raises(CommandError, match="--mapping"):
        call_command(
            "import_files", "x.csv", "--kind=partners", f"--mapping={tmp_path}/mapping.json"
        )
