"""Whom events are sent to by HTTP, and what became of each sending."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class WebhookEndpoint(models.Model):
    """An address that is sent events, signed with its secret.

    After a rotation, until `previous_until`, both secrets sign, so that the receiver may change
    over in between. `event_types`: empty for all.
    """

    name = models.CharField(_("name"), max_length=100)
    url = models.URLField(_("address"), max_length=500)
    event_types = ArrayField(
        models.CharField(max_length=64), verbose_name=_("event types"), default=list, blank=True
    )
    active = models.BooleanField(_("active"), default=True)
    secret = models.CharField(_("signing secret"), max_length=128, editable=False)
    previous_secret = models.CharField(max_length=128, default="", editable=False)
    previous_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    class Meta:
        """An endpoint that is not wanted any more is switched off: its log stays."""

        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "id"]
        default_permissions = ("view", "add", "change")

    def __str__(self) -> str:
        return self.name


class DeliveryState(models.TextChoices):
    """What became of a delivery."""

    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")


class WebhookDelivery(models.Model):
    """One event to one endpoint. `body` is what is sent, byte for byte, at every attempt."""

    endpoint = models.ForeignKey(
        WebhookEndpoint,
        on_delete=models.PROTECT,
        related_name="deliveries",
        verbose_name=_("webhook"),
    )
    event_id = models.BigIntegerField(_("event"))
    event_type = models.CharField(_("event type"), max_length=64)
    body = models.TextField(_("content"))
    state = models.CharField(
        _("state"), max_length=9, choices=DeliveryState, default=DeliveryState.WAITING
    )
    attempts = models.IntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True)
    last_status = models.SmallIntegerField(_("response code"), null=True)
    last_answer = models.TextField(_("answer"), default="")
    last_attempt_at = models.DateTimeField(_("last attempt"), null=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())

    class Meta:
        """An event goes to an endpoint once; the index serves who looks for what is due."""

        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "endpoint"], name="one_delivery_per_event_and_endpoint"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(state="waiting"),
                name="delivery_waiting",
            ),
            models.Index(
                fields=["created_at"], condition=models.Q(state="failed"), name="delivery_failed"
            ),
            models.Index(fields=["created_at"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.event_id}"
