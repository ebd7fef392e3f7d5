"""GET /offline-bundle: signed, fetched only when something changed, refused when it was changed."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import timedelta

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils import timezone

from promotions.offline import making
from promotions.offline.keys import new_seed, signing_keys
from promotions.offline.signature import key_id, read_public_keys, sign, verify
from tests.promotions.bundle.till import OfflineTill
from tests.shop import Json, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00")
    shop.percent_off("10")
    return shop


def opened(bundle: Json, keys: Json) -> Json:
    """Return what a bundle says after its signature was checked."""
    said: Json = orjson.loads(verify(bundle, read_public_keys(orjson.dumps(keys))))
    return said


def test_a_bundle_says_what_it_is_of_and_how_long_it_counts(shop):
    keys = shop.till.ok("GET", "offline-bundle/keys")
    said = opened(shop.till.ok("GET", "offline-bundle"), keys)
    assert said["pos"]["ref"] == "main"
    assert said["pos_name"] == "Main street"
    assert said["catalog_version"] == shop.quote(("A", "1"))["catalog_version"]
    assert [(one["sku"], one["price"]) for one in said["products"]] == [("A", "100.0000")]
    assert [one["name"] for one in said["programs"]] == ["promotion"]
    assert said["made_at"] < said["valid_until"]


def test_a_till_fetches_only_what_changed(shop):
    shop.till.ok("GET", "offline-bundle")
    etag = shop.till.headers["ETag"]
    assert shop.till.headers["Cache-Control"] == "private, no-cache"

    def fetch() -> object:
        shop.till.call("GET", "offline-bundle", If_None_Match=etag)
        return shop.till.status

    assert fetch() == 304
    assert shop.till.headers["ETag"] == etag
    for change in (
        lambda: shop.products(A="101.00"),
        lambda: shop.percent_off("5"),
        lambda: shop.admin.ok("PUT", "pos-configs/main", {"name": "Renamed"}),
        lambda: shop.admin.ok("PUT", "products/A", {"name": "A", "price": "1", "category": "X"}),
    ):
        change()
        assert fetch() == 200
        etag = shop.till.headers["ETag"]
        assert fetch() == 304


def test_an_unchanged_bundle_is_renewed_before_it_is_too_old(shop):
    now = timezone.now()
    assert (
        making.read_state("main", at=now).tag
        != making.read_state("main", at=now + timedelta(hours=6)).tag
    )


def test_a_till_gets_the_bundle_of_its_own_store_alone(shop):
    shop.admin.ok("PUT", "pos-configs/other", {"name": "Other"})
    answer = shop.till.call("GET", "offline-bundle?pos_config=other")
    assert (shop.till.status, answer["code"]) == (404, "pos_config_not_found")
    shop.admin.ok("GET", "offline-bundle?pos_config=other")
    answer = shop.admin.call("GET", "offline-bundle")
    assert (shop.admin.status, answer["code"]) == (400, "invalid_query")
    answer = shop.admin.call("GET", "offline-bundle?pos_config=nowhere")
    assert (shop.admin.status, answer["code"]) == (404, "pos_config_not_found")


def changed(bundle: Json) -> Json:
    """Return the bundle with another price in it, as somebody without the key could make it."""
    packed = base64.urlsafe_b64decode(bundle["payload"] + "==")
    said = zlib.decompress(packed, -15).replace(b'"100.0000"', b'"001.0000"')
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(said) + packer.flush()
    return bundle | {"payload": base64.urlsafe_b64encode(packed).rstrip(b"=").decode()}


@pytest.mark.parametrize("trusted", [True, False])
def test_a_changed_bundle_is_refused(shop, tmp_path, trusted):
    till = OfflineTill(tmp_path, shop)
    till.bundle = changed(till.bundle)
    done = till.run(shop.order(("A", "1")), trusted=trusted)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("bundle_tampered: The signature does not fit the bundle")


def test_a_bundle_of_another_key_is_refused(shop, tmp_path):
    till = OfflineTill(tmp_path, shop)
    stranger = Ed25519PrivateKey.generate()
    keys = read_public_keys(orjson.dumps(till.keys))
    till.bundle = sign(verify(till.bundle, keys), stranger)
    done = till.run(shop.order(("A", "1")))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("bundle_key_unknown")


@pytest.mark.parametrize(
    "broken", [b"", b"[]", b"{}", b"nonsense", b'{"protected": 1, "payload": 2, "signature": 3}']
)
def test_what_is_no_bundle_is_refused(shop, tmp_path, broken):
    till = OfflineTill(tmp_path, shop)
    till.bundle = broken
    done = till.run(shop.order(("A", "1")))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("bundle_unreadable")


def test_without_a_key_the_till_says_that_it_knows_no_signer(shop, tmp_path):
    done = OfflineTill(tmp_path, shop).run(shop.order(("A", "1")), trusted=False)
    assert done.returncode == 0
    assert "Not checked who signed" in done.stderr


def test_an_old_bundle_is_refused(shop, tmp_path):
    till = OfflineTill(tmp_path, shop)
    later = (timezone.now() + timedelta(hours=73)).isoformat()
    done = till.run(shop.order(("A", "1"), at=later))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("bundle_expired")


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"pos_config": "main", "lines": [{"sku": "X", "qty": "1"}]}, "unknown_product"),
        ({"pos_config": "other", "lines": [{"sku": "A", "qty": "1"}]}, "pos_config_not_found"),
        ({"pos_config": "main", "lines": [{"sku": "A", "qty": "0"}]}, "invalid"),
        (b"nonsense", "malformed_json"),
    ],
)
def test_a_cart_that_the_server_refuses_is_refused(shop, tmp_path, order, code):
    done = OfflineTill(tmp_path, shop).run(order)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{code}: ")


def test_keys_are_changed_without_a_till_losing_its_bundle(shop, settings):
    old, new = new_seed(), new_seed()
    settings.BUNDLE_KEYS = [old]
    before = shop.till.ok("GET", "offline-bundle")
    settings.BUNDLE_KEYS = [new, old]
    keys = shop.till.ok("GET", "offline-bundle/keys")
    after = shop.till.ok("GET", "offline-bundle")
    assert opened(before, keys)["products"] == opened(after, keys)["products"]
    used = [
        json.loads(base64.urlsafe_b64decode(one["protected"] + "=="))["kid"]
        for one in (before, after)
    ]
    assert used == [one["kid"] for one in reversed(keys["keys"])]


def test_a_key_is_derived_where_none_is_set(settings):
    settings.BUNDLE_KEYS = []
    first = key_id(signing_keys()[0].public_key())
    assert key_id(signing_keys()[0].public_key()) == first
    settings.SECRET_KEY = "another"
    assert key_id(signing_keys()[0].public_key()) != first


@pytest.mark.parametrize("seed", ["short", "***", ""])
def test_a_key_that_is_none_is_refused(settings, seed):
    settings.BUNDLE_KEYS = [seed]
    with pytest.raises(ImproperlyConfigured, match="make_bundle_key"):
        signing_keys()


def test_the_command_makes_a_key(settings, capsys):
    call_command("make_bundle_key")
    settings.BUNDLE_KEYS = [capsys.readouterr().out.strip()]
    assert len(signing_keys()) == 1
