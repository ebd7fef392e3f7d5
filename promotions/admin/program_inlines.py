"""Rules, rewards, sets and steps on the program's page, and the versions that were published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from access.admin.read_only import ReadOnlyInline
from core import codec
from promotions.admin.program_forms import RewardForm, RuleForm, SlotForm, StepForm
from promotions.admin.starters import BY_KEY
from promotions.engine.definition import Program
from promotions.models import (
    ProgramVersion,
    PromotionReward,
    PromotionRule,
    PromotionSetSlot,
    PromotionStep,
)
from promotions.program_names import names_for
from promotions.sentences import describe_program

MOST_VERSIONS = 50
TAGS_AS_TEXT: Mapping[Any, Mapping[str, Any]] = {ArrayField: {"widget": UnfoldAdminTextInputWidget}}
FILTER_LABELS = {"products": _("Products"), "categories": _("Categories"), "tags": _("Tags")}
FILTER_HELP = {
    "products": _("Empty, with no category and no tag: every product."),
    "categories": _("Categories below are included."),
    "tags": _("Separated by commas."),
}


class _Inline(StackedInline):
    """What rules and rewards have in common on the page."""

    extra = 0
    formfield_overrides = TAGS_AS_TEXT
    help_texts: dict[str, Any] = {}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Give each field its help in the words of a shop."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in self.help_texts:
            field.help_text = self.help_texts[db_field.name]
        if field is not None and db_field.name in FILTER_LABELS:
            field.label = FILTER_LABELS[db_field.name]
        return field


class _PartInline(_Inline):
    """Rules or rewards: a new program begins with those of its starting point."""

    part = ""

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Return as many empty forms as the starting point fills."""
        starter = BY_KEY.get(request.GET.get("starter", ""))
        return len(getattr(starter, self.part)) if starter and obj is None else 0


class RuleInline(_PartInline):
    """Who gets it: the conditions a basket has to meet."""

    model = PromotionRule
    part = "rules"
    form = RuleForm
    verbose_name = _("condition")
    verbose_name_plural = _("When: conditions of the basket")
    autocomplete_fields = ("products", "categories", "membership")
    help_texts = {
        **FILTER_HELP,
        "code": _("What the customer says or types, for example SUMMER10."),
        "minimum_amount": _("Of the products below, before discounts. Empty: none."),
        "minimum_qty": _("Of the products below. Empty: none."),
        "membership": _("Empty: everybody."),
        "reward_point_mode": _("What the points are counted by."),
    }
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "code",
                    ("minimum_amount", "minimum_qty"),
                    ("products", "categories"),
                    ("tags", "membership"),
                    ("reward_point_amount", "reward_point_mode"),
                )
            },
        ),
    )


class SlotInline(_Inline):
    """The places of a set."""

    model = PromotionSetSlot
    form = SlotForm
    autocomplete_fields = ("products", "categories")
    help_texts = FILTER_HELP
    verbose_name_plural = _("What belongs to the set")
    fieldsets = ((None, {"fields": (("qty", "tags"), ("products", "categories"))}),)


class StepInline(TabularInline):
    """The steps of several discounts."""

    model = PromotionStep
    form = StepForm
    extra = 0
    fields = ("threshold", "percent")


class RewardInline(_PartInline):
    """What the customer gets."""

    model = PromotionReward
    part = "rewards"
    form = RewardForm
    inlines = [SlotInline, StepInline]
    verbose_name_plural = _("Then: what the customer gets")
    autocomplete_fields = ("products", "categories", "free_products")
    help_texts = {
        **FILTER_HELP,
        "products": _("What it is taken off."),
        "required_points": _("What one reward costs."),
        "description": _("Empty: made from the fields."),
        "max_amount": _("Empty: no limit."),
        "free_products": _("The customer gets one of them."),
        "placement": _("Whether free units are among those in the basket or come on top."),
        "max_qty": _("Per order. Empty: no limit."),
        "max_sets": _("Per order. Empty: no limit."),
        "bonus_amount": _("Fixed points on top…"),
        "bonus_multiplier": _("…or what the order earns, times this."),
    }
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("reward_type", "required_points"),
                    ("discount_mode", "discount_value"),
                    ("discount_applies_to", "max_amount"),
                    ("free_products", "free_qty"),
                    "placement",
                    ("special_price", "max_qty"),
                    ("set_price", "max_sets"),
                    ("steps_mode", "steps_by"),
                    ("bonus_amount", "bonus_multiplier"),
                    ("products", "categories"),
                    "tags",
                    "description",
                )
            },
        ),
    )


class VersionInline(ReadOnlyInline):
    """The published versions, newest first; what an order was decided by is never edited."""

    model = ProgramVersion
    fk_name = "program"
    tab = True
    per_page = 10
    fields = ("number", "published_at", "published_by", "in_force", "sentence", "compare")
    readonly_fields = fields
    hide_title = True
    verbose_name_plural = _("Versions")

    _sentences: dict[int, str] | None = None

    @display(description=_("in force"), boolean=True)
    def in_force(self, version: ProgramVersion) -> bool:
        """Return whether tills are decided by this version now."""
        return version.catalog_to is None

    @display(description=_("compare"))
    def compare(self, version: ProgramVersion) -> SafeString:
        """Return the way to what differs from the draft, and back to this version."""
        page = reverse("admin:program_compare", args=[version.program_id])
        link = '<a class="pc-link" href="{}?from={}">{}</a>'
        return format_html(link, page, version.number, _("Compare, go back"))

    @display(description=_("what it does"))
    def sentence(self, version: ProgramVersion) -> str:
        """Return what this version did, from its own definition."""
        if self._sentences is None:
            rows = ProgramVersion.objects.filter(program_id=version.program_id)[:MOST_VERSIONS]
            programs = {row.pk: codec.decode(Program, row.definition) for row in rows}
            names = names_for(programs.values())
            self._sentences = {key: describe_program(one, names) for key, one in programs.items()}
        return self._sentences.get(version.pk, "")
