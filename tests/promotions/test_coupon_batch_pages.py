"""The pages of a batch: started on the program's page, followed by a bar, printed."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from promotions.coupons.sheets import print_codes
from promotions.models import Coupon, CouponBatch
from promotions.services.fill_coupon_batch import fill_coupon_batch
from tests.browser.people import make_user
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def coupons() -> Json:
    """Give a program whose coupons take 2.00 off."""
    return Shop(currency="USD").program("coupons", rewards=[discount("2", "fixed")])


@pytest.fixture
def staff() -> Client:
    """Give the client of marketing."""
    client = Client()
    client.force_login(make_user("maya", group="marketing"))
    return client


def test_a_large_number_starts_a_batch_and_a_small_one_does_not(
    coupons: Json, staff: Client
) -> None:
    page = f"/admin/promotions/promotionprogram/{coupons['id']}/coupons/"
    body = {"count": "1001", "points": "1", "beginning": "SPRING"}
    answer = staff.post(page, body)
    batch = CouponBatch.objects.get()
    assert answer["Location"] == f"/admin/promotions/couponbatch/{batch.pk}/change/"
    assert (batch.count, batch.prefix, batch.created_by) == (1001, "SPRING", User.objects.last())
    assert not Coupon.objects.exists()
    text = staff.get(answer["Location"]).content.decode()
    assert '<progress id="job-bar" max="1001" value="0">' in text
    progress = staff.get(f"/admin/promotions/couponbatch/{batch.pk}/progress").json()
    assert progress == {"state": "queued", "done": 0, "total": 1001}
    assert staff.post(page, {**body, "count": "3"}).status_code == 302
    assert Coupon.objects.filter(code__startswith="SPRING-").count() == 3
    assert staff.get("/admin/promotions/couponbatch/").status_code == 200


def test_a_batch_that_is_done_is_downloaded_and_printed(coupons: Json, staff: Client) -> None:
    staff.post(
        f"/admin/promotions/promotionprogram/{coupons['id']}/coupons/",
        {"count": "1001", "points": "1", "expires_at_0": "2999-01-01"},
    )
    batch = CouponBatch.objects.get()
    fill_coupon_batch(job_id=batch.job_id, at=timezone.now())
    base = f"/admin/promotions/couponbatch/{batch.pk}/"
    lines = staff.get(f"{base}codes.csv").getvalue().splitlines()
    assert len(lines) == 1002
    answer = staff.get(f"{base}sheets.pdf?first=961")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.count(b"/Type /Page\n") == 2  # 41 codes, 24 on a page
    manager = Client()
    manager.force_login(make_user("mia", group="manager"))
    for name in ("codes.csv", "sheets.pdf", "progress"):
        assert manager.get(base + name).status_code == 403


def test_codes_that_nobody_could_use_any_more_are_not_issued(coupons: Json, staff: Client) -> None:
    page = f"/admin/promotions/promotionprogram/{coupons['id']}/coupons/"
    for count in ("3", "1001"):
        answer = staff.post(page, {"count": count, "points": "1", "expires_at_0": "2020-01-01"})
        assert answer.status_code == 200
        assert "This lies in the past." in answer.content.decode()
    assert not Coupon.objects.exists()
    assert not CouponBatch.objects.exists()


def test_sheets_of_no_codes_are_an_empty_page() -> None:
    assert print_codes([], title="Nöthing 空", note="").startswith(b"%PDF-")
