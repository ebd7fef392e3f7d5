"""What is old enough to be forgotten, and what is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from knox.models import AuthToken

from access.caller import Role
from access.models import Grant, IdempotentRequest
from access.services import forget_answers as module
from access.services.create_token import create_token
from access.services.forget_answers import forget_answers
from access.tasks import forget_old_answers


@pytest.mark.django_db
def test_old_answers_go_in_batches_and_young_ones_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    user = get_user_model().objects.create(username="ana")
    now = timezone.now()
    for days in (0, 1, 29, 31, 32, 33, 34, 35):
        IdempotentRequest.objects.create(
            user=user,
            key=f"k{days}",
            request_digest="",
            status=201,
            body="{}",
            created_at=now - timedelta(days=days),
        )
    done = forget_answers(at=now, kept_for=timedelta(days=30))
    assert done.answers == 5
    left = IdempotentRequest.objects.order_by("id").values_list("key", flat=True)
    assert list(left) == ["k0", "k1", "k29"]
    assert forget_answers(at=now, kept_for=timedelta(days=30)).answers == 0


@pytest.mark.django_db
def test_tokens_that_ended_long_ago_go_with_their_grants() -> None:
    past = timezone.now() - timedelta(days=100)
    create_token(username="a", role=Role.ADMIN, lifetime=timedelta(days=1), at=past)
    create_token(username="b", role=Role.ADMIN, lifetime=timedelta(days=99), at=past)
    create_token(username="c", role=Role.ADMIN)
    assert forget_old_answers() == {"answers": 0, "tokens": 1}
    assert AuthToken.objects.count() == Grant.objects.count() == 2
