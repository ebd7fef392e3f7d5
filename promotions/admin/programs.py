"""Programs: the form that marketing works with. Forms read, `save_program` checks and stores."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from access.admin.service_admin import Fault
from core.errors import PunchcardError
from promotions import wording
from promotions.admin import relevance
from promotions.admin.program_faults import show_part_faults
from promotions.admin.program_forms import ProgramForm
from promotions.admin.program_inlines import RewardInline, RuleInline, VersionInline
from promotions.admin.program_input import kept_forms, read_program, waive_what_is_not_meant
from promotions.admin.program_list import ProgramChangeList, count_uses, describe_all, meters
from promotions.admin.program_pages import WITH_COUPONS, ProgramPages
from promotions.admin.refusals import refusal_text
from promotions.admin.starters import BY_KEY, Starter
from promotions.definitions import read_definitions
from promotions.models import PromotionProgram
from promotions.programs.checks import gaps
from promotions.services.save_program import save_program

STATE_COLOURS = {
    "draft": "info",
    "review": "warning",
    "published": "success",
    "paused": "warning",
    "archived": "danger",
}
PARTS = ("rules", "rewards")


@admin.register(PromotionProgram)
class ProgramAdmin(ProgramPages):
    """Programs, from their first draft to the archive."""

    form = ProgramForm
    inlines = (RuleInline, RewardInline, VersionInline)
    list_display = ("what", "kind", "status", "when", "where", "used")
    list_filter = (("state", ChoicesDropdownFilter), ("program_type", ChoicesDropdownFilter))
    list_filter_submit = True
    search_fields = ("name", "ref", "rules__code")
    search_help_text = _("Name, reference or code")
    autocomplete_fields = ("loyalty_program", "pos_configs")
    list_per_page = 25
    actions = ("export_json",)
    list_before_template = "promotions/program_list_tools.html"
    warn_unsaved_form = True
    change_form_outer_before_template = "promotions/program_summary.html"
    fieldsets = (
        (None, {"fields": ("name", ("program_type", "currency"), "loyalty_program", "ref")}),
        (
            _("When and where"),
            {
                "classes": ("tab",),
                "fields": ("date_from", "date_to", "pos_configs", "schedule"),
            },
        ),
        (
            _("Limits"),
            {
                "classes": ("tab",),
                "fields": (("limit_usage", "limit_per_partner"), "budget", "pending_days"),
            },
        ),
        (
            _("Beside other offers"),
            {
                "classes": ("tab",),
                "fields": (
                    "stacking",
                    "order_group_cleared",
                    ("exclusion_group", "sequence"),
                    ("trigger", "applies_on"),
                    "active",
                ),
            },
        ),
    )

    class Media:
        """The scripts that show the fields that matter and keep what was typed."""

        js = (
            "punchcard/admin/inline_rows.js",
            "punchcard/admin/program_form.js",
            "punchcard/admin/schedule.js",
        )

    # --- the list --------------------------------------------------------------------------------

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ProgramChangeList]:
        """Use the list that describes its programs."""
        return ProgramChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[PromotionProgram]:
        """Load the stores of all listed programs at once."""
        rows: QuerySet[PromotionProgram] = super().get_queryset(request)
        return rows.select_related("current_version").prefetch_related("pos_configs")

    @display(description=_("program"), ordering="name", header=True)
    def what(self, program: Any) -> list[str]:
        """Return the name and the sentence."""
        return [program.name, program.described.sentence]

    @display(description=_("type"), ordering="program_type")
    def kind(self, program: PromotionProgram) -> str:
        """Return the type."""
        return program.get_program_type_display()

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def status(self, program: Any) -> tuple[str, str]:
        """Return the state; a published one says if its draft has moved on."""
        said = program.get_state_display()
        if program.described.changed:
            changed = _("changed")
            return "paused", f"{said} · {changed}"
        return program.state, said

    @display(description=_("dates"), ordering="date_from")
    def when(self, program: PromotionProgram) -> str:
        """Return from when until when."""
        first = wording.day(program.date_from) if program.date_from else ""
        last = wording.day(program.date_to) if program.date_to else ""
        if first and last:
            return f"{first} \u2013 {last}"
        if first:
            return str(_("from %(day)s") % {"day": first})
        return str(_("until %(day)s") % {"day": last}) if last else str(_("always"))

    @display(description=_("stores"))
    def where(self, program: PromotionProgram) -> str:
        """Return at which stores."""
        stores = [pos.name for pos in program.pos_configs.all()]
        return wording.stores(stores) if stores else str(_("all"))

    @display(description=_("used, 30 days"))
    def used(self, program: Any) -> str:
        """Return in how many orders lately, and how much of the limit is gone."""
        limits = ", ".join(one.text for one in program.meters)
        return f"{program.uses.lately} ({limits})" if limits else str(program.uses.lately)

    # --- the form --------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep an archived program as it was."""
        if obj is not None and obj.state == "archived":
            return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a program is archived, so that its orders stay explained."""
        return False

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Begin with the choice of a starting point."""
        begins = request.method == "GET" and request.GET.get("starter") not in BY_KEY
        if begins and self.has_add_permission(request):
            return self.choose_starter(request)
        return super().add_view(request, form_url, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Put the program in words above its form."""
        context = {**(extra_context or {}), **self._summary(request, object_id)}
        return super().changeform_view(request, object_id, form_url, context)

    def _summary(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        """Return what the top of the page says about the stored program."""
        context: dict[str, Any] = {"relevance": relevance.for_page()}
        program = self.get_object(request, object_id) if object_id else None
        if program is None:
            return context
        described = describe_all([program])[program.pk]
        return context | {
            "program": program,
            "state_colour": STATE_COLOURS[program.state],
            "sentence": described.sentence,
            "is_changed": described.changed,
            "meters": meters(program, count_uses([program.pk])[program.pk], described.currency),
            "gaps": [one.detail for one in gaps(read_definitions([program.pk])[program.pk])],
            "may_publish": self.has_publish_permission(request),
            "has_coupons": program.program_type in WITH_COUPONS,
        }

    def _create_formsets(
        self, request: HttpRequest, obj: Any = None, change: bool = False
    ) -> tuple[list[Any], list[Any]]:
        """Tell rules and rewards what the service refused in this request."""
        formsets, inlines = super()._create_formsets(request, obj, change)
        waive_what_is_not_meant(_by_part(formsets)["rewards"])
        refused = getattr(request, "refused", ())
        if refused:
            show_part_faults(refused, _by_part(formsets))
        return formsets, inlines

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Leave the versions out before there is a program."""
        return [one for one in self.inlines if obj is not None or one is not VersionInline]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the values of the chosen starting point."""
        starter = _starter(request)
        return dict(starter.program) if starter else super().get_changeform_initial_data(request)

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """Begin with the rules and rewards of the chosen starting point."""
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        starter = _starter(request)
        if starter is not None and request.method == "GET" and obj.pk is None and prefix in PARTS:
            kwargs["initial"] = [dict(one) for one in getattr(starter, prefix)]
        return kwargs

    # --- saving ----------------------------------------------------------------------------------

    def explain(self, error: PunchcardError) -> str:
        """Return a refusal in the words of a shop."""
        return refusal_text(error)

    def faults(self, error: PunchcardError) -> list[Fault]:
        """Put a reference that is taken to its field."""
        found = super().faults(error)
        return [{**one, "pointer": "/ref"} for one in found] if error.code == "ref_taken" else found

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Leave it to `save_related`, where rules and rewards are known too."""

    def save_related(
        self, request: HttpRequest, form: Any, formsets: list[Any], change: bool
    ) -> None:
        """Give everything typed to the service. Raises: what it refuses."""
        parts = _by_part(formsets)
        saved = save_program(
            program_id=form.instance.pk,
            data=read_program(form, kept_forms(parts["rules"]), kept_forms(parts["rewards"])),
            edited_by=request.user.pk,
            at=timezone.now(),
        )
        form.instance.pk = saved.program_id
        form.instance.refresh_from_db()

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        """Name what was changed: fields of the program, its rules, its rewards."""
        if add:
            return [{"added": {}}]
        changed = [str(form.fields[name].label or name) for name in form.changed_data]
        parts = _by_part(formsets)
        changed += [part for part in PARTS if parts[part].has_changed()]
        return [{"changed": {"fields": changed}}] if changed else []

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Stay on the program's page, where its sentence is read."""
        messages.success(request, _("Saved as a draft. No till applies it before it is published."))
        return self._after_save(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Stay on the program's page."""
        messages.success(request, _("Saved."))
        return self._after_save(request, obj)

    def _after_save(self, request: HttpRequest, program: PromotionProgram) -> HttpResponse:
        """Publish if that button was pressed, then show the program."""
        publishes = "_publish" in request.POST and self.has_publish_permission(request)
        page = HttpResponseRedirect(self.page_of(program.pk))
        return self.publish(request, program.pk) if publishes else page


def _starter(request: HttpRequest) -> Starter | None:
    """Return the starting point named in the address."""
    return BY_KEY.get(request.GET.get("starter", ""))


def _by_part(formsets: list[Any]) -> dict[str, Any]:
    """Return rules and rewards by prefix."""
    return {one.prefix: one for one in formsets if one.prefix in PARTS}
