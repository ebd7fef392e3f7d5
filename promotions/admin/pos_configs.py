"""Points of sale."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from access.admin.service_admin import ServiceAdmin
from promotions.catalog.input import PosConfigInput
from promotions.engine.terms import Rounding
from promotions.models import PosConfig
from promotions.services.upsert_pos_config import upsert_pos_config


@admin.register(PosConfig)
class PosConfigAdmin(ServiceAdmin):
    """Stores and tills: their currency, their days, how they round and take back."""

    list_display = ("name", "ref", "currency", "time_zone", "discount_rounding", "return_policy")
    search_fields = ("name", "ref")
    fields = ("name", "ref", "currency", "time_zone", "discount_rounding", "return_policy")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the reference once given: tokens and tills name the store by it."""
        return ("ref",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: orders belong to it."""
        return False

    def save_by_service(self, request: HttpRequest, form: Any, *, change: bool) -> int:
        """Make or change the point of sale; every till knows it at once."""
        given = form.cleaned_data
        saved = upsert_pos_config(
            pos_config=PosConfigInput(
                ref=form.instance.ref,
                name=given["name"],
                currency=given["currency"],
                time_zone=given["time_zone"],
                discount_rounding=Rounding(given["discount_rounding"]),
                return_policy=given["return_policy"],
            )
        )
        return saved.pos_config_id
