"""Products and categories, found by typing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from promotions import wording
from promotions.admin.program_inlines import TAGS_AS_TEXT
from promotions.models import Category, Product


@admin.register(Product)
class ProductAdmin(ModelAdmin):
    """What is sold."""

    list_display = ("name", "sku", "amount", "category", "tag_list", "active")
    list_filter = (("category", AutocompleteSelectFilter), "active")
    list_filter_submit = True
    list_select_related = ("category",)
    search_fields = ("name", "sku")
    search_help_text = _("Name or SKU")
    show_full_result_count = False
    list_per_page = 50
    autocomplete_fields = ("category",)
    formfield_overrides = TAGS_AS_TEXT
    fields = ("name", "sku", "price", "category", "tags", "active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the SKU once given: tills know the product by it."""
        return ("sku",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a product that was sold is switched off instead."""
        return False

    @display(description=_("price"), ordering="price")
    def amount(self, product: Product) -> str:
        """Return the price."""
        return wording.money(product.price, "")

    @display(description=_("tags"), label=True)
    def tag_list(self, product: Product) -> list[str]:
        """Return the tags."""
        return product.tags


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    """The category tree, by path."""

    list_display = ("path", "products_in")
    search_fields = ("path",)
    list_per_page = 100
    fields = ("path",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        """Count the products of each category in the same statement."""
        rows: QuerySet[Category] = super().get_queryset(request)
        return rows.annotate(held=Count("products"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: programs name categories by path; make a new one and move the products."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: programs and products point at it."""
        return False

    @display(description=_("products"), ordering="held")
    def products_in(self, category: Any) -> int:
        """Return how many products are directly in it."""
        return int(category.held)
