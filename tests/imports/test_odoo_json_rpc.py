"""The same rows come over JSON-RPC as from the database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from imports.errors import SourceRefused, SourceUnreachable
from imports.odoo import json_rpc
from imports.odoo.database import open_database
from imports.odoo.json_rpc import OdooJsonRpc
from imports.odoo.source import rows_of
from imports.odoo.step import Odoo
from imports.odoo.tables import MODELS
from imports.services.import_from_odoo import import_from_odoo
from loyalty.models import LoyaltyCard
from tests.imports.conftest import NOW, OdooShop, everything
from tests.imports.rpc_server import DATABASE, KEY, LOGIN, RpcOdoo, serve


@pytest.fixture
def served(odoo: OdooShop) -> Iterator[tuple[str, RpcOdoo]]:
    """Serve the Odoo's database."""
    with serve(odoo.url) as server:
        yield server


def open_rpc(address: str, *, key: str = KEY, language: str = "en_US") -> OdooJsonRpc:
    """Log in."""
    return OdooJsonRpc(address=address, database=DATABASE, user=LOGIN, key=key, language=language)


def test_rows_are_the_same_both_ways(odoo: OdooShop, served: tuple[str, RpcOdoo]) -> None:
    rpc = open_rpc(served[0], language="id_ID")
    with open_database(odoo.url, language="id_ID") as database:
        for model in MODELS:
            there = [row | {"write_date": None} for row in rows_of(database, model)]
            assert [row | {"write_date": None} for row in rows_of(rpc, model)] == there, model
            assert there
            newest = database.newest(model)
            assert newest is not None
            assert rpc.newest(model) == newest.replace(microsecond=0)
            assert rpc.count(model, since=newest, after=1) == len(there) - 1


def test_pages_follow_each_other(
    served: tuple[str, RpcOdoo], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_rpc, "PAGE", 2)
    monkeypatch.setattr("imports.odoo.source.PAGE", 2)
    rpc = open_rpc(served[0])
    assert [row["id"] for row in rows_of(rpc, "res.partner")] == [1, 10, 11, 12, 13, 14, 15]
    lines = rpc.read("pos.order.line", "order_id", {1, 4})
    assert [row["id"] for row in lines] == [1, 2, 3, 6, 7]


def test_changing_the_way_changes_nothing(odoo: OdooShop, served: tuple[str, RpcOdoo]) -> None:
    imported = Odoo(open_rpc(served[0]), "odoo")
    done = import_from_odoo(odoo=imported, at=NOW)
    assert done.balances is not None
    assert done.balances.differences == ()
    assert LoyaltyCard.objects.count() == 6
    before = everything()
    again = odoo.load(full=True)
    # The database knows parts of a second, which is all that the marks may gain.
    changed = {name for name, digest in everything().items() if digest != before[name]}
    assert changed <= {"imports_importwatermark"}
    assert {name: counts["made"] for name, counts in again.tally.counts.items()} == dict.fromkeys(
        again.tally.counts, 0
    )


def test_only_what_changed_is_asked_for(odoo: OdooShop, served: tuple[str, RpcOdoo]) -> None:
    imported = Odoo(open_rpc(served[0]), "odoo")
    import_from_odoo(odoo=imported, tables=["partners"], at=NOW)
    odoo.run("UPDATE res_partner SET write_date = '2024-01-01' WHERE id <> 10")
    odoo.run("UPDATE res_partner SET name = 'Anne', write_date = '2024-08-01' WHERE id = 10")
    done = import_from_odoo(odoo=imported, tables=["partners"], at=NOW)
    assert done.tally.counts["partners"] == {
        "made": 0, "changed": 1, "unchanged": 0, "refused": 1, "left_out": 0
    }  # fmt: skip


def test_a_wrong_key_is_refused_and_not_told(served: tuple[str, RpcOdoo]) -> None:
    with pytest.raises(SourceRefused) as refused:
        open_rpc(served[0], key="wrong-key")
    assert "wrong-key" not in str(refused.value)
    rpc = open_rpc(served[0])
    rpc._key = "revoked-key"
    with pytest.raises(SourceRefused) as refused:
        rpc.page("res.partner", since=None, after=0)
    assert refused.value.facts == {"reason": "Access Denied"}


def test_a_server_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rpc, "_RETRIES", 0)
    with pytest.raises(SourceUnreachable) as refused:
        open_rpc("http://127.0.0.1:1")  # nobody listens on port 1
    assert KEY not in str(refused.value)


def test_a_page_that_is_no_odoo_is_told(served: tuple[str, RpcOdoo]) -> None:
    with pytest.raises(SourceRefused) as refused:
        open_rpc(f"{served[0]}/web")
    assert refused.value.facts == {"reason": "not found"}
