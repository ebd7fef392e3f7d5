"""Goods come back while staff undo the same points by hand: each point goes once."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from loyalty.models import LoyaltyCard, PointOperation
from loyalty.services.reverse_operation import reverse_operation
from loyalty.services.verify_ledger import verify_ledger
from promotions.models import Order, OrderPoints
from tests.concurrency.threads import SECONDS, at_once, wait_until_somebody_waits
from tests.shop import Api, Json, Shop

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_return_amid_a_reversal_by_hand_undoes_what_that_leaves() -> None:
    shop = Shop()
    shop.products(A="10.00")
    shop.member("ann", points="0")
    shop.program(
        "loyalty", loyalty_program="club", rules=[{"reward_point_mode": "money"}], rewards=[]
    )
    shop.commit(("A", "10"), partner="ann", ref="R")
    earned = PointOperation.objects.get(kind="earn", origin="R")
    reversed_by_hand = threading.Event()

    def by_hand() -> None:
        with transaction.atomic():
            reverse_operation(
                operation_id=earned.pk,
                points=Decimal(30),
                origin="by hand",
                idempotency_key="by hand",
                at=timezone.now(),
            )
            reversed_by_hand.set()
            wait_until_somebody_waits()

    def back() -> Json:
        assert reversed_by_hand.wait(SECONDS)
        return Api(shop.till_token).ok("POST", "orders/R/cancel")

    _, answer = at_once(by_hand, back)
    assert isinstance(answer, dict), answer
    assert (answer["refund"], answer["points"][0]["taken_back"]) == ("100.00", "70")
    earned.refresh_from_db()
    assert (earned.reversed_points, LoyaltyCard.objects.get().points) == (100, 0)
    assert OrderPoints.objects.get().due == 100
    assert Order.objects.get().status == "cancelled"
    assert verify_ledger().flaw is None
