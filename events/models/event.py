"""The append-only log of what happened."""

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """One thing that happened, written in the transaction that caused it.

    `key` is what order is kept by (`card:17`, `partner:4`); `transaction_id` is PostgreSQL's
    own, so that a reader can tell which rows may still be followed by earlier ones.
    """

    type = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    transaction_id = models.BigIntegerField(
        db_default=models.expressions.RawSQL("(pg_current_xact_id()::text::bigint)", ())
    )

    class Meta:
        """Indexes serve the consumers, who read in commit order."""

        indexes = [models.Index(fields=["transaction_id", "id"], name="event_commit_order")]

    def __str__(self) -> str:
        return f"{self.type} {self.key}"
