"""Batches of codes: a job that may be killed and repeated, and a file of what it made."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.utils import timezone

from access.caller import Role
from access.services.create_token import create_token
from events.models import Event
from jobs.models import Job
from loyalty.models import LoyaltyCard
from promotions.coupons import writing
from promotions.coupons.files import as_text
from promotions.models import Coupon, CouponBatch
from promotions.services import fill_coupon_batch as filling
from promotions.services.fill_coupon_batch import fill_coupon_batch
from promotions.services.start_coupon_batch import start_coupon_batch
from tests.shop import Api, Json, Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """Give a store with one product."""
    shop = Shop(currency="USD")
    shop.products(A="10.00")
    return shop


@pytest.fixture
def coupons(shop: Shop) -> Json:
    """Give a program whose coupons take 2.00 off."""
    return shop.program("coupons", rewards=[discount("2", "fixed")])


def ask(shop: Shop, program: Json, **body: Any) -> Json:
    """Ask for codes."""
    return shop.admin.call("POST", f"programs/{program['id']}/coupons", body)


def file_of(api: Api, url: str) -> list[list[str]]:
    """Return the rows of a file."""
    response = api._client.get(url, headers=api._headers)
    assert response.status_code == 200, response.content
    assert response["Content-Type"].startswith("text/csv")
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def test_more_than_a_thousand_codes_are_a_job_with_progress_and_a_file(
    shop: Shop, coupons: Json
) -> None:
    started = ask(shop, coupons, count=1_200, prefix="SPRING", expires_at="2999-12-31")
    assert shop.admin.status == 202
    job = started["job"]
    assert (job["state"], job["done"], job["total"]) == ("queued", 0, 1_200)
    assert not Coupon.objects.exists()
    assert fill_coupon_batch(job_id=job["id"], at=timezone.now()).state == "done"
    told = shop.admin.ok("GET", f"jobs/{job['id']}")
    assert (told["state"], told["done"]) == ("done", 1_200)
    header, *rows = file_of(shop.admin, told["result"]["csv"])
    assert header == ["code", "points", "expires_at", "withdrawn_at"]
    assert len({row[0] for row in rows}) == 1_200
    assert {row[1] for row in rows} == {"1"}
    assert all(row[0].startswith("SPRING-") and row[2].startswith("2999-12-31") for row in rows)
    assert Event.objects.filter(type="CouponIssued").count() == 1_200
    assert shop.quote(("A", "1"), codes=[rows[700][0].lower()])["total"] == "8.00"


def test_a_batch_that_is_killed_and_sent_again_has_exactly_its_codes(
    shop: Shop, coupons: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "COUPONS_AT_ONCE", 500)
    job_id = ask(shop, coupons, count=1_700)["job"]["id"]
    write = writing.write_codes
    written: list[int] = []

    def killed(*args: Any) -> Any:
        issued = write(*args)
        written.append(len(issued))
        if len(written) == 3:
            raise SystemExit  # after the rows of the chunk, before its count is committed
        return issued

    monkeypatch.setattr(filling, "write_codes", killed)
    with pytest.raises(SystemExit):
        fill_coupon_batch(job_id=job_id, at=timezone.now())
    assert Coupon.objects.count() == Job.objects.get().done == 1_000
    for _ in range(2):
        fill_coupon_batch(job_id=job_id, at=timezone.now())
    assert Coupon.objects.count() == 1_700
    assert Event.objects.filter(type="CouponIssued").count() == 1_700


def test_gift_cards_are_issued_by_a_batch_too(shop: Shop) -> None:
    gift = shop.program("gift_card", ref="gift")
    assert ask(shop, gift, count=1_100)["errors"][0]["pointer"] == "/points"
    started = ask(shop, gift, count=1_001, points="25")
    CouponBatch.objects.filter(pk=started["batch"]).update(count=6)
    Job.objects.filter(pk=started["job"]["id"]).update(total=6)
    fill_coupon_batch(job_id=started["job"]["id"], at=timezone.now())
    rows = file_of(shop.admin, started["job"]["result"]["csv"])[1:]
    assert [row[1] for row in rows] == ["25"] * 6
    assert LoyaltyCard.objects.count() == 6
    LoyaltyCard.objects.filter(code=rows[2][0]).update(active=False)
    rows = file_of(shop.admin, started["job"]["result"]["csv"])[1:]
    assert [row[1] for row in rows] == ["25"] * 2 + ["0"] + ["25"] * 3  # what can be spent
    assert shop.quote(("A", "1"), codes=[rows[0][0]])["amount_due"] == "0.00"


def test_an_archived_program_ends_its_batch(shop: Shop, coupons: Json) -> None:
    job_id = ask(shop, coupons, count=2_000)["job"]["id"]
    shop.admin.ok("POST", f"programs/{coupons['id']}/archive")
    assert fill_coupon_batch(job_id=job_id, at=timezone.now()).state == "failed"
    told = shop.admin.ok("GET", f"jobs/{job_id}")
    assert told["error"]["code"] == "program_archived"
    assert not Coupon.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"count": 1_000_001}, 422, "too_many_coupons"),
        ({"count": 5_000, "prefix": "-" * 4}, 400, "invalid"),
        ({"count": 5_000, "prefix": "x" * 25}, 400, "invalid"),
        ({"count": 5_000, "points": "0"}, 400, "invalid"),
        ({"count": 5_000, "partner": "nobody"}, 400, "invalid"),
        ({"count": 5, "prefix": "x" * 25}, 400, "invalid"),
    ],
)
def test_a_batch_that_cannot_be_is_refused(
    shop: Shop, coupons: Json, body: Json, status: int, code: str
) -> None:
    problem = ask(shop, coupons, **body)
    assert (shop.admin.status, problem["code"]) == (status, code)
    assert not CouponBatch.objects.exists()
    assert not Job.objects.exists()
    assert not Coupon.objects.exists()


def test_asking_again_with_the_same_key_starts_no_second_job(shop: Shop, coupons: Json) -> None:
    path = f"programs/{coupons['id']}/coupons"
    first = shop.admin.ok("POST", path, {"count": 2_000}, Idempotency_Key="k1")
    assert shop.admin.ok("POST", path, {"count": 2_000}, Idempotency_Key="k1") == first
    assert Job.objects.count() == 1


def test_a_file_of_codes_is_for_who_asked_for_them_and_for_admins(
    shop: Shop, coupons: Json
) -> None:
    max_ = Api(create_token(username="max", role=Role.MARKETING).key)
    other = Api(create_token(username="mia", role=Role.MARKETING).key)
    path = f"programs/{coupons['id']}/coupons"
    started = max_.ok("POST", path, {"count": 1_001})
    url = started["job"]["result"]["csv"].removeprefix("/api/v1/")
    assert len(file_of(max_, f"/api/v1/{url}")) == 1
    assert other.call("GET", url)["code"] == "coupon_batch_not_found"
    assert other.status == 404


def test_no_code_is_a_formula_in_a_spreadsheet(shop: Shop, coupons: Json) -> None:
    started = start_coupon_batch(
        program_id=coupons["id"], count=3, prefix="=1+1", created_by=None, at=timezone.now()
    )
    fill_coupon_batch(job_id=started.job_id, at=timezone.now())
    url = f"/api/v1/coupon-batches/{started.batch_id}/codes"
    assert {row[0][:2] for row in file_of(shop.admin, url)[1:]} == {"'="}
    assert [as_text(one) for one in ("@x", "-x", "+x", "\tx", "x=")] == [
        "'@x", "'-x", "'+x", "'\tx", "x=",
    ]  # fmt: skip
