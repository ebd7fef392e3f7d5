"""Customers."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Partner(models.Model):
    """A customer, known to the caller by `ref`."""

    ref = models.CharField(_("reference"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("email"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    class Meta:
        """Names and indexes."""

        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name", "id"], name="partner_by_name"),
            models.Index(fields=["email"], name="partner_by_email"),
            models.Index(fields=["phone"], name="partner_by_phone"),
        ]
        constraints = [
            models.CheckConstraint(name="partner_has_a_ref", condition=~models.Q(ref="")),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.ref})"
