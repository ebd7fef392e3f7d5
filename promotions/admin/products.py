"""Products, found by typing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from access.admin.service_admin import ServiceAdmin
from promotions import wording
from promotions.admin.program_inlines import TAGS_AS_TEXT
from promotions.catalog.input import ProductInput
from promotions.models import Product
from promotions.programs.currencies import read_store_currencies
from promotions.services.upsert_product import upsert_product


@admin.register(Product)
class ProductAdmin(ServiceAdmin):
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
    _currency = ""
    fields = ("name", "sku", "price", "category", "tags", "active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """Look the stores' currency up once for all prices."""
        currencies = set(read_store_currencies().values())
        self._currency = currencies.pop() if len(currencies) == 1 else ""
        rows: QuerySet[Product] = super().get_queryset(request)
        return rows

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Say how tags are written."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "tags":
            field.label, field.help_text = _("Tags"), _("Separated by commas.")
        if field is not None and db_field.name == "category":
            field.label = _("Category")
        return field

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the SKU once given: tills know the product by it."""
        return ("sku",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a product that was sold is switched off instead."""
        return False

    def save_by_service(self, request: HttpRequest, form: Any, *, change: bool) -> int:
        """Make or change the product with this SKU."""
        given = form.cleaned_data
        category = given["category"]
        product = ProductInput(
            sku=form.instance.sku,
            name=given["name"],
            price=given["price"],
            category=category.path if category else None,
            tags=tuple(given["tags"] or ()),
            active=given["active"],
        )
        return upsert_product(product=product).product_id

    @display(description=_("price"), ordering="price")
    def amount(self, product: Product) -> str:
        """Return the price, with the currency if all stores have the same."""
        return wording.money(product.price, self._currency)

    @display(description=_("tags"), label=True)
    def tag_list(self, product: Product) -> list[str]:
        """Return the tags."""
        return product.tags
