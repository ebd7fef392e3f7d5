"""Kinds of points."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from core.fields import PointsField

EXPIRY_CHOICES = [
    ("none", _("Points never expire")),
    ("days", _("Days after they were gained")),
    ("months", _("Months after they were gained")),
    ("calendar", _("On a day of the year")),
    ("inactivity", _("Months without activity")),
]
ROUND_UP_CHOICES = [
    ("none", _("As it falls")),
    ("month", _("End of the month")),
    ("quarter", _("End of the quarter")),
]
NEGATIVE_CHOICES = [
    ("allow", _("Allow a negative balance")),
    ("floor_at_zero", _("Stop at zero")),
    ("refuse", _("Refuse")),
]
EARN_ON_CHOICES = [
    ("paid", _("What is paid")),
    ("before_own_rewards", _("Before rewards of the same program")),
    ("gross", _("The undiscounted price")),
]
CAP_PERIOD_CHOICES = [
    ("day", _("Day")),
    ("week", _("Week")),
    ("month", _("Month")),
    ("year", _("Year")),
]


def _joined(*names: str) -> Concat:
    """Return the columns as one text, separated by bars, a null as nothing."""
    parts: list[Cast | models.Value] = []
    for name in names:
        parts += [Cast(name, models.CharField()), models.Value("|")]
    return Concat(*parts[:-1])


class LoyaltyProgram(models.Model):
    """A kind of points: what a unit is called, when points expire, when they can be spent."""

    ref = models.CharField(_("reference"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=120)
    unit = models.CharField(_("unit"), max_length=40, default="points")
    point_decimals = models.PositiveSmallIntegerField(
        _("decimals"), default=2, validators=[MaxValueValidator(4)]
    )
    expiry = models.CharField(_("expiry"), max_length=16, choices=EXPIRY_CHOICES, default="none")
    expiry_length = models.PositiveIntegerField(
        _("days or months"), default=0, help_text=_("For expiry by days, months or inactivity.")
    )
    expiry_round_up = models.CharField(
        _("rounded up to"), max_length=8, choices=ROUND_UP_CHOICES, default="none"
    )
    expiry_month = models.PositiveSmallIntegerField(_("month of expiry"), null=True, blank=True)
    expiry_day = models.PositiveSmallIntegerField(_("day of expiry"), null=True, blank=True)
    expiry_notice_days = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("days before expiry to tell the member"),
        default=list,
        blank=True,
        help_text=_(
            "Numbers of days with commas, for example 30,7; a notice is sent at each."
            " None: no notices."
        ),
    )
    pending_days = models.PositiveIntegerField(_("days before points can be spent"), default=0)
    negative_balance = models.CharField(
        _("when points taken back are already spent"),
        max_length=16,
        choices=NEGATIVE_CHOICES,
        default="floor_at_zero",
    )
    earn_on = models.CharField(
        _("points count"), max_length=20, choices=EARN_ON_CHOICES, default="paid"
    )
    earning_cap = PointsField(_("most points per period"), null=True, blank=True)
    earning_cap_period = models.CharField(
        _("period"), max_length=8, choices=CAP_PERIOD_CHOICES, default="month"
    )
    time_zone = models.CharField(_("time zone of its days"), max_length=64, default="UTC")
    # Everything that dates of points depend on, in one text: `loyalty.domain.terms` reads it,
    # and the ledger compares it, so that no process works with settings of yesterday.
    terms = models.GeneratedField(
        expression=_joined(
            "expiry",
            "expiry_length",
            "expiry_round_up",
            "expiry_month",
            "expiry_day",
            "pending_days",
            "earning_cap_period",
            "time_zone",
        ),
        output_field=models.CharField(),
        db_persist=True,
    )

    class Meta:
        """Constraints."""

        verbose_name = _("kind of points")
        verbose_name_plural = _("kinds of points")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="loyalty_program_decimals_0_to_4",
                condition=models.Q(point_decimals__lte=4),
            ),
            models.CheckConstraint(name="loyalty_program_has_a_ref", condition=~models.Q(ref="")),
            models.CheckConstraint(
                name="loyalty_program_expiry_says_when",
                condition=models.Q(expiry="none")
                | models.Q(expiry__in=["days", "months", "inactivity"], expiry_length__gt=0)
                | models.Q(
                    expiry="calendar",
                    expiry_month__isnull=False,
                    expiry_month__range=(1, 12),
                    expiry_day__isnull=False,
                    expiry_day__range=(1, 31),
                ),
            ),
            models.CheckConstraint(
                name="loyalty_program_cap_positive",
                condition=models.Q(earning_cap__isnull=True) | models.Q(earning_cap__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.name
