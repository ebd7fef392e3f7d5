"""The forms of a program: they read what staff typed; `save_program` checks and stores it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from access.admin.service_admin import show_plain_numbers
from promotions.admin import relevance
from promotions.admin.instant_field import InstantField
from promotions.admin.schedule_field import ScheduleField
from promotions.models import (
    PosConfig,
    PromotionProgram,
    PromotionReward,
    PromotionRule,
    PromotionSetSlot,
    PromotionStep,
)

REWARD_STARTS = {
    "discount_mode": "percent",
    "discount_applies_to": "order",
    "placement": "in_cart",
    "free_qty": 1,
    "steps_mode": "tier",
    "steps_by": "qty",
}


def currency_choices(kept: str = "") -> list[tuple[str, str]]:
    """Return the currencies of the points of sale, the most common first, and the one kept."""
    used = (
        PosConfig.objects.order_by()
        .values_list("currency")
        .annotate(stores=Count("id"))
        .order_by("-stores", "currency")
    )
    currencies = list(dict.fromkeys([*(currency for currency, _stores in used), kept]))
    return [(one, one) for one in currencies if one]


class ProgramForm(forms.ModelForm[PromotionProgram]):
    """The program itself: type, time, place and limits."""

    date_from = InstantField(label=_("From"), help_text=_("Empty: at once."))
    date_to = InstantField(
        is_end=True, label=_("Until"), help_text=_("Without a time: to the end of the day.")
    )
    schedule = ScheduleField(
        required=False,
        label=_("Only at these times"),
        help_text=_(
            "Empty: any time. Hours are those of the store; 22:00 to 02:00 goes over midnight."
        ),
    )
    currency = forms.ChoiceField(
        required=False,
        label=_("Currency"),
        widget=UnfoldAdminSelectWidget,
        help_text=_("Of the amounts below; the program runs at stores of this currency."),
    )

    class Meta:
        """Every field of the program that staff may write."""

        model = PromotionProgram
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("currency")
        if isinstance(field, forms.ChoiceField):
            choices = currency_choices(self.instance.currency)
            field.choices = [("", _("The stores' own; any if there are no amounts")), *choices]
            if self.instance._state.adding and choices:
                self.initial.setdefault("currency", choices[0][0])


class _KeptForm:
    """An inline form that is stored as it stands, even if nothing in it was changed.

    Django leaves out an added form whose values are the initial ones; a rule without conditions
    ("every order") is exactly that. Stored numbers are shown without needless zeros.
    """

    instance: Any
    title: str | Promise = ""
    is_waived = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        show_plain_numbers(self)
        # The theme asks the row for what stands above its form.
        self.instance.get_inline_title = self.inline_title

    def waive(self) -> None:
        """Ask nothing of the form: it belongs to a type of reward that is not chosen."""
        self.is_waived = self.empty_permitted = True

    def inline_title(self) -> str:
        """Return what stands above the form."""
        return str(self.title)

    def has_changed(self) -> bool:
        """Count an added form as a change."""
        if self.is_waived:
            return False
        return self.instance.pk is None or super().has_changed()  # type: ignore[misc]

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the checks of the row to the service, which sees the whole program."""
        return {field.name for field in self.instance._meta.get_fields()}


class RuleForm(_KeptForm, forms.ModelForm[PromotionRule]):
    """When points are made, and how many; an empty minimum is none."""

    title = _("Condition")
    minimum_amount = forms.DecimalField(
        label=_("Minimum amount"), required=False, widget=UnfoldAdminDecimalFieldWidget
    )
    minimum_qty = forms.DecimalField(
        label=_("Minimum quantity"), required=False, widget=UnfoldAdminDecimalFieldWidget
    )

    class Meta:
        """Every field of the rule."""

        model = PromotionRule
        exclude = ("program",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("minimum_amount", "minimum_qty"):
            if not self.initial.get(name):
                self.initial[name] = None

    def clean_minimum_amount(self) -> Decimal:
        """Return no minimum as zero."""
        return self.cleaned_data["minimum_amount"] or Decimal(0)

    def clean_minimum_qty(self) -> Decimal:
        """Return no minimum as zero."""
        return self.cleaned_data["minimum_qty"] or Decimal(0)


class RewardForm(_KeptForm, forms.ModelForm[PromotionReward]):
    """What points buy; only what the chosen type means is kept."""

    class Meta:
        """Every field of the reward."""

        model = PromotionReward
        exclude = ("program",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in REWARD_STARTS.items():
            if self.initial.get(name) in (None, ""):
                self.initial[name] = value

    def inline_title(self) -> str:
        """Return the type of the reward."""
        return str(self.instance.get_reward_type_display())

    def clean(self) -> dict[str, Any]:
        """Drop what the type does not mean and ask for what it needs."""
        cleaned = super().clean() or {}
        for name in relevance.REWARD_MEANT:
            if name in self.fields and not relevance.is_meant(name, cleaned):
                self.errors.pop(name, None)
                cleaned[name] = None
        for name in relevance.REWARD_NEEDED.get(cleaned.get("reward_type", ""), ()):
            if name not in self.errors and _is_blank(cleaned.get(name)):
                self.add_error(name, _("A reward of this type needs this."))
        return cleaned


class StepForm(_KeptForm, forms.ModelForm[PromotionStep]):
    """One step of several discounts."""

    class Meta:
        """Every field of the step."""

        model = PromotionStep
        exclude = ("reward",)


class SlotForm(_KeptForm, forms.ModelForm[PromotionSetSlot]):
    """One place of a set."""

    title = _("Place")

    class Meta:
        """Every field of the place."""

        model = PromotionSetSlot
        exclude = ("reward",)


def _is_blank(value: Any) -> bool:
    """Tell whether nothing was chosen or typed."""
    return value in (None, "") or (hasattr(value, "exists") and not value.exists())
