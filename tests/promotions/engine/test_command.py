"""`python -m promotions.engine`: a till without a line, in this process."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core import codec
from promotions.engine.__main__ import main
from promotions.engine.wallet import UsageFacts, Wallet
from promotions.offline.bundle import FORMAT, Bundle, BundleProduct, write_bundle
from promotions.offline.quote import KnownCustomer
from promotions.offline.signature import key_set, sign
from tests.promotions.engine.shop import (
    MEMBER,
    NOON,
    POS,
    card,
    fixed,
    loyalty,
    per_unit,
    percent,
    program,
)

KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
SALE = program(percent(10), id=1, name="Sale")
MEMBERS = program(fixed(2), id=3, name="First two", limit_per_partner=2)
CLUB = loyalty((), per_unit(1), id=2, name="Club")
CART = {"pos_config": "main", "lines": [{"sku": "P1", "qty": "2"}], "at": NOON.isoformat()}
NOT_CHECKED = "Not checked who signed the bundle: name --public-key.\n"
NOBODY = "Nobody is known without --wallet: quoted as for anybody.\n"
HELP = """\
usage: python -m promotions.engine [-h] [--public-key FILE] [--wallet FILE]
                                   [--language {en,id}] [--explain]
                                   BUNDLE CART

Quote a cart from a bundle of GET /api/v1/offline-bundle, without a line.

positional arguments:
  BUNDLE              file with the signed bundle
  CART                file with a body of POST /api/v1/orders/quote; -:
                      standard in

options:
  -h, --help          show this help message and exit
  --public-key FILE   keys one trusts: the answer of GET /api/v1/offline-
                      bundle/keys, or a PEM file
  --wallet FILE       what the customer holds: {"partner_id": 7, "wallet": {}}
  --language {en,id}  of the texts
  --explain           add the trace
"""


@pytest.fixture
def till(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Files as a till has them, and the command."""

    def write(name: str, data: object) -> str:
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
        return str(path)

    def run(*options: str, the_cart: object = CART, bundle: object = None, key=KEY):
        files = write("bundle", bundle or sign(write_bundle(bundle_of()), key))
        status = main([files, write("cart", the_cart), *options])
        printed = capsys.readouterr()
        return SimpleNamespace(status=status, out=printed.out, err=printed.err)

    return SimpleNamespace(write=write, run=run)


def bundle_of(**more: Any) -> Bundle:
    fields: dict[str, Any] = {
        "format": FORMAT,
        "catalog_version": 4,
        "made_at": NOON,
        "valid_until": NOON + timedelta(hours=72),
        "pos": POS,
        "pos_name": "Main",
        "programs": (SALE, CLUB, MEMBERS),
        "points_refs": {1: "club"},
        "products": (BundleProduct(1, "P1", "Käse", Decimal("7.35")),),
        "categories": (),
        "descriptions": {
            "en": {f"1/{SALE.rewards[0].id}": "10 % off", f"3/{MEMBERS.rewards[0].id}": "2 off"},
            "id": {
                f"1/{SALE.rewards[0].id}": "diskon 10 %",
                f"3/{MEMBERS.rewards[0].id}": "diskon 2",
            },
        },
        "usage": {3: UsageFacts(1)},
    }
    return Bundle(**(fields | more))


def wallet() -> Any:
    return codec.encode(KnownCustomer(MEMBER, Wallet(cards=(card(5),))))


def test_it_prints_the_answer_that_the_server_would_give(till):
    done = till.run()
    assert (done.status, done.err) == (0, NOT_CHECKED)
    answer = json.loads(done.out)
    assert (answer["subtotal"], answer["total"], answer["status"]) == ("14.70", "13.23", "quoted")
    assert [(one["program"], one["description"]) for one in answer["rewards"]] == [(1, "10 % off")]
    assert answer["catalog_version"] == 4
    assert "trace" not in answer
    assert done.out.startswith('{\n  "ref": null,')


def test_texts_are_in_the_language_that_is_asked_for_and_written_as_they_are(till):
    named = SALE.__class__(**{**_fields(SALE), "name": "Käse"})
    bundle = sign(write_bundle(bundle_of(programs=(named,))), KEY)
    done = till.run("--language", "id", bundle=bundle)
    (reward,) = json.loads(done.out)["rewards"]
    assert reward["description"] == "diskon 10 %"
    assert '"Käse"' in done.out


def test_the_trace_is_printed_when_it_is_asked_for(till):
    answer = json.loads(till.run("--explain").out)
    assert [one["program_id"] for one in answer["trace"]] == [1, 2, 3]


def test_what_the_customer_holds_comes_from_a_file(till):
    asked = CART | {"partner": "M-1"}
    done = till.run("--wallet", till.write("wallet", wallet()), the_cart=asked)
    answer = json.loads(done.out)
    assert [(one["card"], one["balance_after"]) for one in answer["points"]] == [("C1", "7")]
    assert done.err == NOT_CHECKED
    # ten per cent and the two that are for known members only
    assert answer["total"] == "11.23"


def test_without_it_a_customer_is_nobody_and_that_is_said(till):
    done = till.run(the_cart=CART | {"partner": "M-1"})
    assert done.err == NOT_CHECKED + NOBODY
    assert json.loads(done.out)["points"] == []


def test_a_bundle_is_checked_against_the_keys_that_one_trusts(till):
    keys = till.write("keys", key_set([KEY.public_key()]))
    good = till.run("--public-key", keys)
    assert (good.status, good.err) == (0, "")
    forged = till.run("--public-key", keys, key=OTHER)
    assert (forged.status, forged.out) == (1, "")
    assert forged.err.startswith("bundle_key_unknown: ")


def test_a_bundle_that_is_no_json_is_unreadable(till):
    done = till.run(bundle=b"{")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("bundle_unreadable: ")


def test_a_cart_with_a_mistake_is_refused_with_its_place(till):
    done = till.run(the_cart=CART | {"lines": [{"sku": "P1", "qty": "0"}]})
    assert (done.status, done.out) == (1, "")
    place = "  /lines/0/qty: A quantity is above zero, with at most 10 digits and 4 decimals.\n"
    assert done.err.startswith(NOT_CHECKED + "invalid: ")
    assert done.err.endswith("\n" + place)


def test_a_refusal_without_places_is_one_line(till):
    later = CART | {"at": (NOON + timedelta(hours=73)).isoformat()}
    done = till.run(the_cart=later)
    assert done.status == 1
    first, second = done.err.splitlines()
    assert first + "\n" == NOT_CHECKED
    assert second.startswith("bundle_expired: ")


def test_a_file_that_is_not_there_is_named(till, tmp_path, capsys):
    assert main([str(tmp_path / "nothing"), till.write("cart", CART)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"{tmp_path / 'nothing'}: No such file or directory\n"


def test_a_cart_may_come_by_standard_in_and_without_an_instant_it_is_now(till, monkeypatch, capsys):
    now = datetime.now(UTC)
    valid = bundle_of(made_at=now, valid_until=now + timedelta(hours=1))
    bundle = till.write("bundle", sign(write_bundle(valid), KEY))
    asked = json.dumps({"pos_config": "main", "lines": CART["lines"]}).encode()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(asked)))
    assert main([bundle, "-"]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == "13.23"
    ended = bundle_of(made_at=now, valid_until=now - timedelta(hours=1))
    bundle = till.write("bundle", sign(write_bundle(ended), KEY))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(asked)))
    assert main([bundle, "-"]) == 1


def test_the_command_says_what_it_wants(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    assert capsys.readouterr().out == HELP
    with pytest.raises(SystemExit):
        main([])
    with pytest.raises(SystemExit):
        main(["bundle", "cart", "--language", "fr"])


def _fields(one):
    return {name: getattr(one, name) for name in one.__slots__}
