"""Forget old answers and tokens that have ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from knox.models import get_token_model

from access.models import IdempotentRequest

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class AnswersForgotten:
    """How many rows are gone."""

    answers: int
    tokens: int


def forget_answers(*, at: datetime, kept_for: timedelta) -> AnswersForgotten:
    """Delete the answers given before `at - kept_for`, and the tokens expired by then.

    The ledger's keys and the references of orders are not among them: those hold for ever.
    Raises: nothing of its own.
    Writes: access_idempotentrequest, knox_authtoken, access_grant, in batches.
    Safe under: replay and concurrency, as deleting twice does no harm.
    """
    before = at - kept_for
    answers = 0
    while gone := _delete_batch(before):
        answers += gone
    ended = get_token_model().objects.filter(expiry__lt=before)
    tokens = ended.count()
    ended.delete()
    return AnswersForgotten(answers, tokens)


def _delete_batch(before: datetime) -> int:
    """Delete some rows; a batch keeps the locks and the log of one statement small."""
    table = IdempotentRequest._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"delete from {table} where id in"  # noqa: S608 - the table's own name
            f" (select id from {table} where created_at < %s order by created_at limit %s)",
            [before, BATCH],
        )
        return int(cursor.rowcount)
