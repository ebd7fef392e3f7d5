"""How far each consumer has read the log, and what it could not handle."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ConsumerPosition(models.Model):
    """How far a consumer has read one partition of the log: all up to and with this event.

    The row's lock is what makes a worker the only one at its partition, and it moves in the
    transaction of the effects. `retry_at` is when the first of its parked events is due;
    `paused_until` is set while the consumer's target is down, after `pauses` failures in a row.
    """

    consumer = models.CharField(_("consumer"), max_length=63)
    partition = models.SmallIntegerField(_("partition"))
    transaction_id = models.BigIntegerField()
    event_id = models.BigIntegerField()
    retry_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    pauses = models.IntegerField(default=0)
    last_error = models.TextField(default="")
    moved_at = models.DateTimeField(_("moved"), db_default=Now())

    class Meta:
        """No index on what moves: every batch stays a cheap update in place."""

        verbose_name = _("consumer's place")
        verbose_name_plural = _("consumers' places")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["consumer", "partition"], name="one_place_per_consumer_and_partition"
            )
        ]

    def __str__(self) -> str:
        return f"{self.consumer} {self.partition}"


class ParkedState(models.TextChoices):
    """Why an event was set aside."""

    RETRYING = "retrying", _("retrying")
    WAITING = "waiting", _("waiting")
    DEAD = "dead", _("dead letter")


class ParkedEvent(models.Model):
    """An event set aside by one consumer, so that the rest of its partition moves on.

    It failed and is tried again (`retrying`), stands behind one of the same key that is
    (`waiting`), or failed so often that a person must look at it (`dead`). Rows are deleted
    when the event was handled or discarded.
    """

    consumer = models.CharField(_("consumer"), max_length=63)
    partition = models.SmallIntegerField()
    # The log may not forget an event that is parked, which its retention sees to.
    event = models.ForeignKey(
        "events.Event", on_delete=models.DO_NOTHING, db_constraint=False, verbose_name=_("event")
    )
    transaction_id = models.BigIntegerField()
    order_key = models.TextField(_("key"))
    state = models.CharField(_("state"), max_length=8, choices=ParkedState)
    attempts = models.IntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True)
    error = models.TextField(_("error"), default="")
    parked_at = models.DateTimeField(_("since"), db_default=Now())

    class Meta:
        """The index serves the worker, who asks for the few rows that are not dead."""

        verbose_name = _("parked event")
        verbose_name_plural = _("parked events")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["consumer", "event"], name="one_parking_per_consumer_and_event"
            )
        ]
        indexes = [
            models.Index(
                fields=["consumer", "partition", "transaction_id", "event"],
                condition=~models.Q(state="dead"),
                name="parked_not_dead",
            )
        ]

    def __str__(self) -> str:
        return f"{self.consumer} {self.event_id}"


class DeadLetter(ParkedEvent):
    """An event that a consumer could not handle, for a person to retry or discard."""

    class Meta:
        """Who may retry and discard has the permission to change."""

        proxy = True
        verbose_name = _("dead letter")
        verbose_name_plural = _("dead letters")
        default_permissions = ("view", "change")
