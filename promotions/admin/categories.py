"""The category tree, by path."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from access.admin.service_admin import ServiceAdmin
from promotions.catalog.category_tree import JOIN, ensure_categories, path_fault, read_path
from promotions.errors import InvalidCategory
from promotions.models import Category
from promotions.programs.faults import as_errors
from promotions.services.move_category import move_category


class CategoryForm(forms.ModelForm[Category]):
    """A name, and the category it hangs under."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=UnfoldAdminTextInputWidget)

    parent = forms.ModelChoiceField(
        label=_("Below"),
        queryset=Category.objects.all(),
        required=False,
        widget=AutocompleteSelect(Category._meta.get_field("parent"), admin.site),
        help_text=_("Empty: on top. What is below it moves along."),
    )

    class Meta:
        """The two fields; the path follows from them."""

        model = Category
        fields = ("name", "parent")


@admin.register(Category)
class CategoryAdmin(ServiceAdmin):
    """Categories. One that moves takes all below it along, and programs keep matching."""

    form = CategoryForm
    list_display = ("path", "products_in")
    search_fields = ("path",)
    ordering = ("path",)
    list_per_page = 100
    fields = ("name", "parent")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        """Count the products of each category in the same statement."""
        rows: QuerySet[Category] = super().get_queryset(request)
        return rows.annotate(held=Count("products"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: programs and products point at it."""
        return False

    def save_by_service(self, request: HttpRequest, form: Any, *, change: bool) -> int:
        """Make the category below its parent, or move it there. Raises: InvalidCategory."""
        name, parent = form.cleaned_data["name"].strip(), form.cleaned_data["parent"]
        if change:
            parent_id = parent.pk if parent else None
            return move_category(
                category_id=form.instance.pk, parent_id=parent_id, name=name
            ).category_id
        path = JOIN.join([parent.path, name] if parent else [name])
        fault = path_fault("/name", name) or path_fault("/name", path)
        if fault is None and JOIN.strip() in name:
            fault = path_fault("/name", JOIN)
        if fault is not None:
            raise InvalidCategory(errors=as_errors([fault]))
        return ensure_categories([read_path(path) or path])[path]

    @display(description=_("products"), ordering="held")
    def products_in(self, category: Any) -> int:
        """Return how many products are directly in it."""
        return int(category.held)
