"""What the database refuses, in our own words."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from core.db import NumberOutOfRange, lock_rows, refusal_of, refused_as, violated_constraint
from core.errors import Busy, Conflict
from loyalty.models import LoyaltyProgram, MembershipProduct
from tests.concurrency.threads import SECONDS, at_once


class RefTaken(Conflict):
    """Taken."""


@pytest.mark.django_db
def test_a_named_constraint_becomes_its_refusal_and_the_transaction_goes_on():
    with pytest.raises(RefTaken) as refused, refused_as({"loyalty_program_has_a_ref": RefTaken}):
        LoyaltyProgram.objects.create(ref="", name="x")
    assert isinstance(refused.value.__cause__, IntegrityError)
    assert violated_constraint(refused.value.__cause__) == "loyalty_program_has_a_ref"
    LoyaltyProgram.objects.create(ref="club", name="x")
    assert LoyaltyProgram.objects.count() == 1


@pytest.mark.django_db
def test_a_constraint_that_nobody_named_is_a_bug_and_stays_one():
    with pytest.raises(IntegrityError), refused_as({"another": RefTaken}):
        LoyaltyProgram.objects.create(ref="", name="x")


@pytest.mark.django_db
def test_a_number_too_large_is_told_and_a_wrong_statement_is_a_bug():
    with pytest.raises(DatabaseError) as large, transaction.atomic():
        MembershipProduct.objects.create(ref="x", name="x", rank=2**40)
    assert isinstance(refusal_of(large.value), NumberOutOfRange)
    with (
        pytest.raises(DatabaseError) as wrong,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT nothing")
    assert refusal_of(wrong.value) is None


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_the_order_of_their_keys_whatever_order_was_asked_for():
    rows = [MembershipProduct.objects.create(ref=ref, name=ref) for ref in "cba"]
    with transaction.atomic():
        locked = lock_rows(MembershipProduct.objects.order_by("ref"))
        assert [row.pk for row in locked] == [row.pk for row in rows]
    with pytest.raises(TransactionManagementError):
        lock_rows(MembershipProduct.objects.all())


@pytest.mark.django_db(transaction=True)
def test_a_circle_of_locks_is_busy_for_one_and_nothing_for_the_other():
    """Two transactions that break the order: the database ends one, and it may try again."""
    first, second = (MembershipProduct.objects.create(ref=ref, name=ref) for ref in "ab")
    both_hold_one = threading.Barrier(2)

    def lock(mine: int, theirs: int) -> str:
        try:
            with transaction.atomic():
                lock_rows(MembershipProduct.objects.filter(pk=mine))
                both_hold_one.wait(SECONDS)
                lock_rows(MembershipProduct.objects.filter(pk=theirs))
                return "done"
        except DatabaseError as error:
            return type(refusal_of(error)).__name__

    results = at_once(lambda: lock(first.pk, second.pk), lambda: lock(second.pk, first.pk))
    assert sorted(results) == [Busy.__name__, "done"]
