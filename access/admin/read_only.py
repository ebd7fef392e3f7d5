"""Pages that show what other parts of the product wrote, and never write themselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from unfold.admin import ModelAdmin, TabularInline


class ReadOnlyAdmin(ModelAdmin):
    """A list and pages without add, change and delete; the permission to view is still asked.

    `empty_hint`: what an empty list says: where its rows come from.
    """

    empty_hint: str | Promise = ""
    list_disable_select_all = True
    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: rows come from services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what is shown is a record."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a record stays."""
        return False


class ReadOnlyInline(TabularInline):
    """A table on another page, with nothing to type in."""

    extra = 0
    max_num = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: rows come from services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what is shown is a record."""
        return False
