"""Points of sale."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from promotions.models import PosConfig


@admin.register(PosConfig)
class PosConfigAdmin(ModelAdmin):
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
