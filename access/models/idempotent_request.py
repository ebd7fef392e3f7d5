"""Requests that were answered, so that a repeated one gets the same answer."""

from django.conf import settings
from django.db import models


class IdempotentRequest(models.Model):
    """One answered POST: written in the transaction of its effects, found again by its key.

    `body` is the text that was sent, byte for byte.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        """Constraints and indexes."""

        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_idempotency_key"),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotent_created")]

    def __str__(self) -> str:
        return self.key
