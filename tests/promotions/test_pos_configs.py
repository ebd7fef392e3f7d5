"""Points of sale, as they are set up."""

import pytest

from promotions.catalog.input import PosConfigInput
from promotions.models import CatalogState, PosConfig
from promotions.services.upsert_pos_config import upsert_pos_config
from tests.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_a_point_of_sale_is_kept_as_sent(shop):
    body = {
        "name": "Jakarta",
        "time_zone": "Asia/Jakarta",
        "currency": "IDR",
        "discount_rounding": "down",
        "return_policy": "reprice",
    }
    made = shop.admin.ok("PUT", "pos-configs/jkt", body)
    assert shop.admin.status == 201
    assert shop.admin.ok("GET", "pos-configs/jkt") == made
    assert made == {"id": made["id"], "ref": "jkt", **body}
    listed = shop.admin.ok("GET", "pos-configs")["results"]
    assert [one["ref"] for one in listed] == ["main", "jkt"]


def test_a_changed_point_of_sale_is_a_new_catalog_version(shop):
    shop.admin.ok("PUT", "pos-configs/jkt", {"name": "Jakarta", "currency": "idr"})
    before = CatalogState.objects.get().version
    again = shop.admin.ok("PUT", "pos-configs/jkt", {"name": "Jakarta"})
    assert (shop.admin.status, again["currency"]) == (200, "IDR")
    assert CatalogState.objects.get().version == before
    shop.admin.ok("PUT", "pos-configs/jkt", {"name": "Jakarta 2"})
    assert CatalogState.objects.get().version == before + 1


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("time_zone", "Mars/Olympus", "unknown_time_zone"),
        ("time_zone", "../etc/passwd", "unknown_time_zone"),
        ("currency", "XYZ", "unknown_currency"),
        ("currency", "", "unknown_currency"),
        ("discount_rounding", "up", "invalid"),
        ("return_policy", "never", "invalid"),
        ("name", "", "invalid"),
        ("name", "x" * 121, "invalid"),
        ("owner", "me", "unknown_field"),
    ],
)
def test_a_point_of_sale_that_cannot_be_is_refused(shop, field, value, code):
    before = CatalogState.objects.get().version
    problem = shop.admin.call("PUT", "pos-configs/x", {"name": "X", field: value})
    assert shop.admin.status == 400
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [(f"/{field}", code)]
    assert not PosConfig.objects.filter(ref="x").exists()
    assert CatalogState.objects.get().version == before


def test_what_changed_is_told():
    first = upsert_pos_config(pos_config=PosConfigInput(ref="x", name="X"))
    again = upsert_pos_config(pos_config=PosConfigInput(ref="x", name=" X "))
    renamed = upsert_pos_config(pos_config=PosConfigInput(ref="x", name="Y"))
    assert [(one.created, one.changed) for one in (first, again, renamed)] == [
        (True, True),
        (False, False),
        (False, True),
    ]
