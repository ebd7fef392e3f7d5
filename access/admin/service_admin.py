"""Pages whose forms are saved by a service: the form reads, the service checks and stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from core.errors import PunchcardError
from core.numbers import plain

Fault = Mapping[str, str]


class RefusedForm(forms.BaseModelForm[Any]):
    """A form that shows what the service refused, beside the fields it is about."""

    refused: ClassVar[Sequence[tuple[str | None, str]]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        show_plain_numbers(self)

    def clean(self) -> dict[str, Any]:
        """Add the refusals of the same request."""
        cleaned = super().clean() or {}
        for name, sentence in self.refused:
            self.add_error(name if name in self.fields else None, sentence)
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Check the row's own reference alone; the rest the service says better."""
        left = {
            field.name
            for field in self.instance._meta.get_fields()
            if not getattr(field, "unique", False)
        }
        return super()._get_validation_exclusions() | left  # type: ignore[misc, no-any-return]


class ServiceAdmin(ModelAdmin):
    """Adds and changes by one service; nothing is written when it refuses."""

    def save_by_service(self, request: HttpRequest, form: Any, *, change: bool) -> int:
        """Save what the valid form holds and return its id. Raises: what the service refuses."""
        raise NotImplementedError

    def explain(self, error: PunchcardError) -> str:
        """Return a refusal that is about no single field as a sentence."""
        return error.detail

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Save; if the service refuses, run the same request once more with its forms told why."""
        try:
            with transaction.atomic():
                return super().changeform_view(
                    request, object_id, form_url, dict(extra_context or {})
                )
        except PunchcardError as error:
            request.refused = self.faults(error)  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, dict(extra_context or {}))

    def faults(self, error: PunchcardError) -> list[Fault]:
        """Return what was refused as faults, each with a pointer to its field."""
        faults = error.facts.get("errors")
        if isinstance(faults, list) and faults:
            return faults
        pointer = f"/{error.facts['field']}" if "field" in error.facts else ""
        return [{"pointer": pointer, "code": error.code, "detail": self.explain(error)}]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Tell the form what was refused in this request."""
        made = super().get_form(request, obj, change, **kwargs)
        refused = [_own_field(one) for one in getattr(request, "refused", ())]
        shown = [one for one in refused if one is not None]
        return type(made.__name__, (RefusedForm, made), {"refused": shown})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save by the service, and read back what it stored."""
        obj.pk = self.save_by_service(request, form, change=change)
        obj.refresh_from_db()


def show_plain_numbers(form: Any) -> None:
    """Show stored decimals as a person writes them: 10, not 10.0000."""
    for name, value in list(form.initial.items()):
        if isinstance(value, Decimal):
            form.initial[name] = Decimal(plain(value))


def _own_field(fault: Fault) -> tuple[str | None, str] | None:
    """Return the form's field of a fault; None if it is about a part deeper down."""
    head, *tail = fault["pointer"].strip("/").split("/")
    if tail and tail[0].isdigit() and len(tail) > 1:
        return None
    return head or None, fault["detail"]
