"""REST: products."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from msgspec import structs
from rest_framework.request import Request

from access.caller import Role
from access.idempotency import KEY_PARAMETER, answer_once
from access.json import answer
from access.pagination import CursorPages, answer_page
from access.permissions import EVERYONE, allow
from access.views import ApiView
from promotions.api import catalog_schemas as schemas
from promotions.api.bodies import Body
from promotions.api.lookups import find_product
from promotions.catalog.category_tree import read_path
from promotions.catalog.input import ProductFields, ProductInput
from promotions.models import Category, Product
from promotions.programs.answers import money_digits
from promotions.programs.currencies import read_store_currencies
from promotions.programs.reward_answers import money
from promotions.services.upsert_product import upsert_product
from promotions.services.upsert_products import upsert_products

_BODY = Body(ProductFields)
_LIST = Body(tuple[ProductInput, ...])
_ROLES = allow(Role.MARKETING, GET=EVERYONE)
Answer = dict[str, Any]


class ProductsView(ApiView):
    """All products."""

    permission_classes = (_ROLES,)

    @extend_schema(
        operation_id="list_products",
        tags=["catalog"],
        summary="List products",
        parameters=[
            OpenApiParameter("q", str, description="Part of the name or the SKU."),
            OpenApiParameter("category", str, description="Path or id; children are included."),
            OpenApiParameter("tag", str),
            *CursorPages.parameters(),
        ],
        responses=CursorPages.shape(schemas.ProductShape),
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer one page, the oldest first."""
        digits = _digits()
        return answer_page(
            request, _filtered(request), lambda row: _present(row, digits), ordering="id"
        )


class ProductView(ApiView):
    """One product."""

    permission_classes = (_ROLES,)

    @extend_schema(
        operation_id="read_product",
        tags=["catalog"],
        summary="Read a product",
        responses=schemas.ProductShape,
    )
    def get(self, request: Request, sku: str) -> HttpResponse:
        """Answer the product."""
        return answer(_present(find_product(sku), _digits()))

    @extend_schema(
        operation_id="save_product",
        tags=["catalog"],
        summary="Make or change a product",
        request=schemas.ProductBody,
        responses={200: schemas.ProductShape, 201: schemas.ProductShape},
    )
    def put(self, request: Request, sku: str) -> HttpResponse:
        """Make the product with this SKU, or change the fields given."""
        body = _BODY.read(request)
        saved = upsert_product(product=ProductInput(sku=sku, **structs.asdict(body)))
        return answer(_present(find_product(sku), _digits()), 201 if saved.created else 200)


class ProductsBulkView(ApiView):
    """Many products at once."""

    permission_classes = (_ROLES,)

    @extend_schema(
        operation_id="save_products",
        tags=["catalog"],
        summary="Make or change up to 5,000 products, all or none",
        parameters=[KEY_PARAMETER],
        request=schemas.ProductOfListBody(many=True),
        responses=schemas.ProductsSavedShape,
    )
    def post(self, request: Request) -> HttpResponse:
        """Save the list; the fault of one item refuses all, and each is named."""
        products = _LIST.read(request)

        def save() -> Answer:
            saved = upsert_products(products=products)
            return {"created": saved.created, "updated": saved.updated}

        return answer_once(request, 200, save)


def _filtered(request: Request) -> QuerySet[Product]:
    rows = Product.objects.select_related("category")
    search, category, tag = (
        request.query_params.get(name, "").replace("\0", "").strip()
        for name in ("q", "category", "tag")
    )
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(sku__icontains=search))
    if category:
        path = read_path(category)
        found = Category.objects.filter(path=path).values_list("pk", flat=True).first()
        if found is None and category.isascii() and category.isdigit() and len(category) < 19:
            found = int(category)
        rows = rows.filter(category__lineage__contains=[found]) if found else rows.none()
    if tag:
        rows = rows.filter(tags__contains=[tag])
    return rows


def _digits() -> int:
    """Return the decimals that prices are told with: those of the stores' currency."""
    return money_digits(None, read_store_currencies())


def _present(row: Product, digits: int) -> Answer:
    return {
        "id": row.pk,
        "sku": row.sku,
        "name": row.name,
        "price": money(row.price, digits),
        "category": row.category.path if row.category else None,
        "tags": row.tags,
        "active": row.active,
    }
