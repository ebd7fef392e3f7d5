"""Points of sale."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from promotions import labels


class PosConfig(models.Model):
    """A store or till: its currency, its days, and how it rounds and takes back."""

    ref = models.CharField(_("reference"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=120)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    discount_rounding = models.CharField(
        _("discount rounding"), max_length=8, choices=labels.ROUNDINGS, default="half_up"
    )
    return_policy = models.CharField(
        _("return policy"), max_length=16, choices=labels.RETURN_POLICIES, default="proportional"
    )

    class Meta:
        """Names."""

        verbose_name = _("point of sale")
        verbose_name_plural = _("points of sale")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
