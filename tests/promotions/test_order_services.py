"""The services of orders called as another service would call them, without HTTP."""

from decimal import Decimal

import pytest
from django.utils import timezone

from promotions.models import Order
from promotions.orders.errors import (
    OrderAlreadyReturned,
    OrderNotFound,
    OrderRefReused,
    ReturnExceedsOrder,
)
from promotions.orders.request import LineRequest, OrderRequest
from promotions.services.cancel_order import cancel_order
from promotions.services.commit_order import commit_order
from promotions.services.quote_order import quote_order
from promotions.services.return_order import return_order
from tests.shop import Shop

pytestmark = pytest.mark.django_db

THREE = (LineRequest(sku="A", qty=Decimal(3)),)


@pytest.fixture(autouse=True)
def shop() -> Shop:
    shop = Shop()
    shop.products(A="10.00")
    shop.percent_off("10")
    return shop


def an_order(ref: str | None = "R", lines: tuple[LineRequest, ...] = THREE) -> OrderRequest:
    return OrderRequest(pos_config="main", lines=lines, ref=ref)


def test_quote_order_answers_with_the_decision_and_its_receipt():
    quoted = quote_order(order=an_order(), at=timezone.now(), explain=True)
    assert quoted.decision.total == Decimal("27.00")
    assert quoted.receipt["total"] == "27.00"
    assert quoted.decision.trace is not None
    assert not Order.objects.exists()


def test_commit_order_says_whether_it_was_committed_before():
    at = timezone.now()
    first = commit_order(order=an_order(), at=at, user_id=None)
    again = commit_order(order=an_order(), at=at, user_id=None)
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.order_id, again.receipt) == (first.order_id, first.receipt)
    with pytest.raises(OrderRefReused) as refused:
        commit_order(
            order=an_order(lines=(LineRequest(sku="A", qty=Decimal(1)),)), at=at, user_id=None
        )
    assert refused.value.facts == {"ref": "R"}


def test_return_order_gives_back_what_was_paid_and_no_more():
    at = timezone.now()
    commit_order(order=an_order(), at=at, user_id=None)
    returned = return_order(ref="R", quantities=[("1", Decimal(2))], at=at, user_id=None)
    assert returned.receipt["refund"] == "18.00"
    with pytest.raises(ReturnExceedsOrder) as refused:
        return_order(ref="R", quantities=[("1", Decimal(2))], at=at, user_id=None)
    assert refused.value.facts == {"line_id": "1", "qty": "2", "returnable": "1"}
    assert Order.objects.get().refund_total == 18


def test_cancel_order_gives_back_the_rest_once():
    at = timezone.now()
    commit_order(order=an_order(), at=at, user_id=None)
    return_order(ref="R", quantities=[("1", Decimal(1))], at=at, user_id=None)
    assert cancel_order(ref="R", at=at, user_id=None).receipt["refund"] == "18.00"
    with pytest.raises(OrderAlreadyReturned):
        cancel_order(ref="R", at=at, user_id=None)
    with pytest.raises(OrderNotFound):
        cancel_order(ref="S", at=at, user_id=None)
    assert Order.objects.get().refund_total == 27
