"""The append-only log of what happened."""

from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

_YOUNGEST = (
    "greatest(pg_current_xact_id()::text::bigint,"
    " pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)"
)


class Event(models.Model):
    """One thing that happened, written in the transaction that caused it.

    `key` is what order is kept by (`card:17`, `partner:4`). `transaction_id` is the youngest
    transaction that mattered when it was recorded: its own, or the last that had ended by then
    if that is younger. So what was recorded after the end of another transaction stands behind
    its events, however early its own began; and as the number is never below the own one, a
    reader can tell which rows may still be followed by earlier ones.
    """

    type = models.CharField(_("type"), max_length=64)
    key = models.CharField(_("key"), max_length=128)
    payload = models.JSONField(_("content"))
    occurred_at = models.DateTimeField(_("occurred"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    transaction_id = models.BigIntegerField(db_default=RawSQL(_YOUNGEST, []))  # noqa: S611 - a constant

    class Meta:
        """Indexes serve the consumers, who read in commit order."""

        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["transaction_id", "id"], name="event_commit_order")]

    def __str__(self) -> str:
        return f"{self.type} {self.key}"
