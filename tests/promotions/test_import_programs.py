"""Programs out to a file and in from one: the same file means the same drafts."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from promotions.errors import InvalidProgram
from promotions.models import ProgramVersion, PromotionProgram
from promotions.programs.files import read_file, write_file
from promotions.services.import_programs import import_programs
from tests.browser.people import make_user
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db
LIST = "/admin/promotions/promotionprogram/"


@pytest.fixture
def shop() -> Shop:
    """Give a store with a product and two programs."""
    shop = Shop(currency="USD")
    shop.products(A="10.00")
    shop.percent_off("10", ref="ten", rules=[{"products": ["A"], "minimum_amount": "5"}])
    shop.program("promo_code", ref="code", rules=[{"code": "HI"}], rewards=[discount("3", "fixed")])
    return shop


@pytest.fixture
def staff() -> Client:
    """Give the client of marketing."""
    client = Client()
    client.force_login(make_user("maya", group="marketing"))
    return client


def exported() -> bytes:
    """Return a file of all programs."""
    return write_file(
        list(PromotionProgram.objects.select_related("current_version").order_by("id"))
    )


def take(content: bytes) -> Any:
    """Take a file over."""
    return import_programs(programs=read_file(content), imported_by=None, at=timezone.now())


def test_a_file_makes_the_same_programs_again_as_drafts(shop: Shop) -> None:
    content = exported()
    renamed = content.replace(b'"ten"', b'"ten2"').replace(b'"code": "HI"', b'"code": "HO"')
    done = take(renamed.replace(b'"ref": "code"', b'"ref": "code2"'))
    assert len(done.made) == 2
    copies = PromotionProgram.objects.filter(pk__in=done.made).select_related("current_version")
    assert {one.state for one in copies} == {"draft"}
    again = orjson.loads(write_file(list(copies.order_by("id"))))["programs"]
    for old, new in zip(orjson.loads(content)["programs"], again, strict=True):
        kept = {"ref": new["ref"], "rules": new["rules"]}
        assert {**old, **kept} == new
        assert old["rewards"] == new["rewards"]


def test_a_file_taken_again_changes_drafts_and_no_till(shop: Shop) -> None:
    content = exported().replace(b'"value": "10"', b'"value": "50"')
    assert len(take(content).changed) == 2
    assert len(take(content).changed) == 2
    assert (PromotionProgram.objects.count(), ProgramVersion.objects.count()) == (2, 2)
    assert shop.quote(("A", "1"))["total"] == "9.00"
    key = PromotionProgram.objects.get(ref="ten").pk
    assert shop.admin.ok("GET", f"programs/{key}")["unpublished_changes"]


def test_all_faults_of_a_file_are_told_with_their_place_and_nothing_is_written(shop: Shop) -> None:
    programs = [
        {"ref": "new", "name": "New", "program_type": "promotion"},
        {"ref": "bad", "name": "Bad", "program_type": "promotion", "rules": [{"products": ["NO"]}]},
        {"ref": "worse", "program_type": "promotion"},
    ]
    with pytest.raises(InvalidProgram) as refused:
        take(orjson.dumps({"punchcard_programs": 1, "programs": programs}))
    errors: Any = refused.value.facts["errors"]
    assert [one["pointer"] for one in errors] == [
        "/programs/1/rules/0/products/0",
        "/programs/2/name",
    ]
    twice = {"punchcard_programs": 1, "programs": [programs[0], programs[0]]}
    for content in (b"{", b"[]", b'{"punchcard_programs": 2, "programs": []}', orjson.dumps(twice)):
        with pytest.raises(InvalidProgram):
            take(content)
    assert PromotionProgram.objects.count() == 2


def test_staff_exports_from_the_list_and_imports_on_a_page(shop: Shop, staff: Client) -> None:
    keys = list(PromotionProgram.objects.values_list("pk", flat=True))
    answer = staff.post(LIST, {"action": "export_json", "_selected_action": keys})
    assert answer["Content-Disposition"].endswith('"programs.json"')
    content = answer.content.replace(b'"name": "promotion"', b'"name": "Renamed"')
    page = staff.post(
        f"{LIST}import/", {"file": SimpleUploadedFile("p.json", content)}, follow=True
    )
    assert "0 programs made, 2 changed" in page.content.decode()
    assert PromotionProgram.objects.get(ref="ten").name == "Renamed"
    bad = SimpleUploadedFile("p.json", b"{}")
    assert "Nothing was taken over." in staff.post(f"{LIST}import/", {"file": bad}).content.decode()
    manager = Client()
    manager.force_login(make_user("mia", group="manager"))
    assert manager.get(f"{LIST}import/").status_code == 403


def test_limits_and_budgets_are_shown_with_what_is_gone(shop: Shop, staff: Client) -> None:
    made = shop.percent_off("20", name="Limited", limit_usage=10, budget="50")
    shop.commit(("A", "1"))
    for page in (f"{LIST}{made['id']}/change/", LIST):
        text = staff.get(page).content.decode()
        assert "1 / 10" in text
        assert "$2.00 / $50.00" in text
