"""Promotion programs as marketing edits them; tills are decided by the published version."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.fields import MoneyField, PointsField, QuantityField
from promotions import labels
from promotions.engine.terms import MAX_PENDING_DAYS


def tag_list() -> ArrayField:  # type: ignore[type-arg]
    """Return a field of tags."""
    return ArrayField(models.CharField(max_length=64), default=list, blank=True)


class PromotionProgram(models.Model):
    """A program: rules make points, rewards cost points.

    `sequence` None means: the stage of its rewards. `schedule` is a list of windows
    `{"weekdays": [0..6], "start": "17:00", "end": "19:00"}` in the store's time zone.
    `exclusion_group` None means: the group `order` for a whole-order discount, else none; unless
    `order_group_cleared`: staff said that it belongs to no group. `active` False: publishing
    takes it out of force instead. `submitted_at`: the draft waits for somebody to look at it.
    """

    ref = models.CharField(_("reference"), max_length=64, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    program_type = models.CharField(_("type"), max_length=20, choices=labels.PROGRAM_TYPES)
    trigger = models.CharField(_("trigger"), max_length=10, choices=labels.TRIGGERS)
    applies_on = models.CharField(_("applies on"), max_length=8, choices=labels.APPLIES_ON)
    state = models.CharField(
        _("state"), max_length=10, choices=labels.STATES, default="draft", editable=False
    )
    active = models.BooleanField(
        _("switched on"),
        default=True,
        help_text=_("Switched off, the program stays out of force when it is published."),
    )
    loyalty_program = models.ForeignKey(
        "loyalty.LoyaltyProgram",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="promotion_programs",
        verbose_name=_("kind of points"),
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    date_from = models.DateTimeField(_("from"), null=True, blank=True)
    date_to = models.DateTimeField(_("until"), null=True, blank=True)
    pos_configs = models.ManyToManyField(
        "promotions.PosConfig", blank=True, verbose_name=_("points of sale")
    )
    schedule = models.JSONField(_("weekly schedule"), null=True, blank=True)
    sequence = models.IntegerField(_("sequence"), null=True, blank=True)
    stacking = models.CharField(
        _("combination"), max_length=10, choices=labels.STACKING, default="stackable"
    )
    exclusion_group = models.CharField(_("exclusion group"), max_length=64, null=True, blank=True)
    order_group_cleared = models.BooleanField(
        _("beside other whole-order discounts"),
        default=False,
        help_text=_("Without this, only one discount on the whole order is given."),
    )
    limit_usage = models.PositiveIntegerField(
        _("most uses"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    limit_per_partner = models.PositiveIntegerField(
        _("most uses per member"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    budget = MoneyField(_("budget"), null=True, blank=True)
    pending_days = models.PositiveSmallIntegerField(
        _("days until whoever referred is rewarded"),
        default=0,
        blank=True,
        validators=[MaxValueValidator(MAX_PENDING_DAYS)],
        help_text=_("While they last, a return of the friend's order cancels the reward."),
    )
    current_version = models.ForeignKey(
        "promotions.ProgramVersion",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    submitted_at = models.DateTimeField(_("sent for review"), null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        """Constraints."""

        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ["-id"]
        permissions = [("publish_promotionprogram", "Can publish, pause and archive programs")]
        constraints = [
            models.UniqueConstraint(fields=["ref"], name="one_program_per_ref"),
            models.CheckConstraint(
                name="program_ends_after_it_starts",
                condition=models.Q(date_from__isnull=True)
                | models.Q(date_to__isnull=True)
                | models.Q(date_to__gte=models.F("date_from")),
            ),
            models.CheckConstraint(
                name="program_limits_positive",
                condition=(models.Q(limit_usage__isnull=True) | models.Q(limit_usage__gt=0))
                & (models.Q(limit_per_partner__isnull=True) | models.Q(limit_per_partner__gt=0))
                & (models.Q(budget__isnull=True) | models.Q(budget__gt=0)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PromotionRule(models.Model):
    """A rule: when points are made, and how many. An empty filter matches every product."""

    program = models.ForeignKey(PromotionProgram, on_delete=models.CASCADE, related_name="rules")
    minimum_amount = MoneyField(_("minimum amount"), default=0)
    minimum_qty = QuantityField(_("minimum quantity"), default=0)
    products = models.ManyToManyField("promotions.Product", blank=True, related_name="+")
    categories = models.ManyToManyField("promotions.Category", blank=True, related_name="+")
    tags = tag_list()
    membership = models.ForeignKey(
        "loyalty.MembershipProduct",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only members at level"),
    )
    reward_point_mode = models.CharField(
        _("points"), max_length=8, choices=labels.POINT_MODES, default="order"
    )
    reward_point_amount = PointsField(_("how many"), default=1)
    code = models.CharField(_("code"), max_length=64, null=True, blank=True)

    class Meta:
        """Constraints."""

        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="rule_numbers_not_negative",
                condition=models.Q(minimum_amount__gte=0)
                & models.Q(minimum_qty__gte=0)
                & models.Q(reward_point_amount__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reward_point_amount} {self.reward_point_mode}"


class PromotionReward(models.Model):
    """A reward: what points buy. Which of the fields count depends on `reward_type`.

    `products`, `categories`, `tags` are the target of a specific discount, a special price or
    a multiple discount; `free_products` are what a product reward gives.
    """

    program = models.ForeignKey(PromotionProgram, on_delete=models.CASCADE, related_name="rewards")
    reward_type = models.CharField(
        _("type"), max_length=20, choices=labels.REWARD_TYPES, default="discount"
    )
    required_points = PointsField(_("points needed"), default=1)
    description = models.CharField(_("text on the receipt"), max_length=200, blank=True)
    products = models.ManyToManyField("promotions.Product", blank=True, related_name="+")
    categories = models.ManyToManyField("promotions.Category", blank=True, related_name="+")
    tags = tag_list()
    discount_mode = models.CharField(
        _("discount"), max_length=10, choices=labels.DISCOUNT_MODES, blank=True
    )
    discount_value = MoneyField(_("value"), null=True, blank=True)
    discount_applies_to = models.CharField(
        _("taken from"), max_length=10, choices=labels.APPLIES_TO, blank=True
    )
    max_amount = MoneyField(_("at most"), null=True, blank=True)
    free_products = models.ManyToManyField(
        "promotions.Product", blank=True, related_name="+", verbose_name=_("free products")
    )
    free_qty = QuantityField(_("free units per claim"), null=True, blank=True)
    placement = models.CharField(
        _("free units are"), max_length=8, choices=labels.PLACEMENTS, blank=True
    )
    special_price = MoneyField(_("price"), null=True, blank=True)
    max_qty = QuantityField(_("at most units"), null=True, blank=True)
    set_price = MoneyField(_("price of a set"), null=True, blank=True)
    max_sets = models.PositiveIntegerField(_("at most sets"), null=True, blank=True)
    steps_mode = models.CharField(_("steps"), max_length=8, choices=labels.STEPS_MODES, blank=True)
    steps_by = models.CharField(_("by"), max_length=8, choices=labels.STEPS_BY, blank=True)
    bonus_amount = PointsField(_("bonus points"), null=True, blank=True)
    bonus_multiplier = PointsField(_("multiplier"), null=True, blank=True)

    class Meta:
        """Constraints."""

        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="reward_costs_points", condition=models.Q(required_points__gt=0)
            ),
            models.CheckConstraint(
                name="reward_amounts_not_negative",
                condition=(models.Q(discount_value__isnull=True) | models.Q(discount_value__gt=0))
                & (models.Q(max_amount__isnull=True) | models.Q(max_amount__gt=0))
                & (models.Q(free_qty__isnull=True) | models.Q(free_qty__gt=0))
                & (models.Q(special_price__isnull=True) | models.Q(special_price__gte=0))
                & (models.Q(set_price__isnull=True) | models.Q(set_price__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return self.description or self.reward_type


class PromotionSetSlot(models.Model):
    """One place of a set: `qty` units that match the filter."""

    reward = models.ForeignKey(PromotionReward, on_delete=models.CASCADE, related_name="slots")
    qty = QuantityField(_("units"))
    products = models.ManyToManyField("promotions.Product", blank=True, related_name="+")
    categories = models.ManyToManyField("promotions.Category", blank=True, related_name="+")
    tags = tag_list()

    class Meta:
        """Names."""

        verbose_name = _("place of a set")
        verbose_name_plural = _("places of a set")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.qty)


class PromotionStep(models.Model):
    """One step of a multiple discount: from this quantity or amount on, this percent."""

    reward = models.ForeignKey(PromotionReward, on_delete=models.CASCADE, related_name="steps")
    threshold = MoneyField(_("from"), default=0)
    percent = MoneyField(_("percent"))

    class Meta:
        """Names."""

        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["threshold", "id"]

    def __str__(self) -> str:
        return f"{self.threshold}: {self.percent} %"
