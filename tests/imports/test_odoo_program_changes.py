"""Programs follow what becomes of them there, as far as it can be said here."""

from __future__ import annotations

from decimal import Decimal

import pytest

from access.caller import Role
from access.services.create_token import create_token
from imports.models import ImportedRow
from loyalty.models import LoyaltyProgram
from tests.imports.conftest import OdooShop
from tests.imports.test_odoo_programs import program, quote
from tests.shop import Api


@pytest.fixture
def api(odoo: OdooShop) -> Api:
    """Take the Odoo over, and give its new tills."""
    odoo.load(tables=["pos_configs", "products", "programs"])
    return Api(create_token(username="root", role=Role.ADMIN).key)


def test_a_change_there_makes_a_new_version_here(api: Api, odoo: OdooShop) -> None:
    odoo.run("UPDATE loyalty_reward SET discount = 20 WHERE id = 1")
    done = odoo.load(tables=["programs"])
    assert done.tally.counts["programs"]["changed"] == 1
    assert quote(api, ("TEA", "11"))["amount_due"] == "44.00"
    assert program(1).versions.count() == 2


def test_a_program_archived_there_is_paused_here(api: Api, odoo: OdooShop) -> None:
    odoo.run("UPDATE loyalty_program SET active = false WHERE id = 1")
    odoo.load(tables=["programs"])
    assert program(1).state == "paused"
    assert quote(api, ("TEA", "11"))["amount_due"] == "55.00"


def test_a_change_that_cannot_be_said_here_leaves_the_program_as_it_was(
    api: Api, odoo: OdooShop
) -> None:
    version = program(1).current_version_id
    odoo.run("""UPDATE loyalty_rule SET product_domain = '[["id", ">", 3]]' WHERE id = 1""")
    odoo.load(tables=["programs"])
    row = ImportedRow.objects.get(table="programs", key="1")
    assert (row.state, row.target_id) == ("refused", program(1).pk)
    assert program(1).current_version_id == version
    odoo.run("UPDATE loyalty_rule SET product_domain = '[]' WHERE id = 1")
    odoo.load(tables=["programs"])
    assert program(1).current_version_id == version
    assert ImportedRow.objects.get(table="programs", key="1").state == "loaded"


def test_terms_of_points_that_staff_set_here_stay(api: Api, odoo: OdooShop) -> None:
    LoyaltyProgram.objects.filter(ref="odoo:points:6").update(
        expiry="months", expiry_length=12, earning_cap=Decimal(500)
    )
    odoo.run("UPDATE loyalty_reward SET required_points = 150 WHERE id = 6")
    odoo.load(tables=["programs"])
    assert LoyaltyProgram.objects.get(ref="odoo:points:6").expiry == "months"
    assert program(6).rewards.get().required_points == 150
