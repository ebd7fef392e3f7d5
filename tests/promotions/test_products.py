"""Products, and the categories their paths make."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promotions.catalog.input import ProductInput
from promotions.errors import InvalidProduct
from promotions.models import Category, Product
from promotions.services.upsert_product import upsert_product
from promotions.services.upsert_products import upsert_products
from tests.promotions.trees import COFFEE, tree
from tests.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_a_product_is_kept_as_sent(shop):
    made = shop.admin.ok("PUT", "products/C%2F1", COFFEE)
    assert shop.admin.status == 201
    expected = {"id": made["id"], "sku": "C/1", "active": True, **COFFEE}
    assert made == shop.admin.ok("GET", "products/C/1") == expected


def test_putting_a_product_again_changes_only_what_is_given(shop):
    made = shop.admin.ok("PUT", "products/C", COFFEE)
    change = {"name": "Strong coffee", "price": "4.00"}
    changed = shop.admin.ok("PUT", "products/C", change)
    assert (shop.admin.status, changed) == (200, made | change)
    cleared = shop.admin.ok(
        "PUT", "products/C", {**change, "category": None, "tags": [], "active": False}
    )
    assert (cleared["category"], cleared["tags"], cleared["active"]) == (None, [], False)


def test_a_path_makes_its_categories(shop):
    shop.admin.ok("PUT", "products/C", {**COFFEE, "category": "Drinks>Coffee >  Beans"})
    assert tree() == {
        "Drinks": (["Drinks"], None),
        "Drinks > Coffee": (["Drinks", "Drinks > Coffee"], "Drinks"),
        "Drinks > Coffee > Beans": (
            ["Drinks", "Drinks > Coffee", "Drinks > Coffee > Beans"],
            "Drinks > Coffee",
        ),
    }


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"price": "-1"}, "/price", "out_of_range"),
        ({"price": "1.00001"}, "/price", "too_precise"),
        ({"price": "free"}, "/price", "invalid"),
        ({"price": None}, "/price", "invalid"),
        ({"name": ""}, "/name", "invalid"),
        ({"category": "Drinks >  > Coffee"}, "/category", "invalid_category"),
        ({"category": "x" * 121}, "/category", "invalid_category"),
        ({"tags": [""]}, "/tags/0", "invalid"),
        ({"weight": 1}, "/weight", "unknown_field"),
    ],
)
def test_a_product_that_cannot_be_is_refused(shop, change, pointer, code):
    problem = shop.admin.call("PUT", "products/C", {**COFFEE, **change})
    assert shop.admin.status == 400
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [(pointer, code)]
    assert not Product.objects.exists()
    assert not Category.objects.exists()


def test_an_unknown_product_is_not_found(shop):
    problem = shop.admin.call("GET", "products/nope")
    assert (shop.admin.status, problem["code"]) == (404, "product_not_found")


def test_a_list_of_products_is_saved_in_few_statements():
    def saved(count):
        rows = [
            ProductInput(sku=f"S{n}", name="x", price=Decimal(n), category=f"Top > {n % 50}")
            for n in range(count)
        ]
        with CaptureQueriesContext(connection) as queries:
            result = upsert_products(products=rows)
        assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) <= 9
        return result

    assert (saved(10).created, saved(5000).created) == (10, 4990)
    assert saved(5000).updated == 5000
    assert Product.objects.filter(category__path="Top > 7").count() == 100


def test_one_bad_product_refuses_the_list_and_each_fault_is_named(shop):
    rows = [{"sku": f"S{n}", "name": "x", "price": "1"} for n in range(6)]
    rows[1]["price"], rows[3]["category"], rows[5]["sku"] = "-1", ">", "S0"
    problem = shop.admin.call("POST", "products/bulk", rows)
    assert shop.admin.status == 400
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [
        ("/1/price", "out_of_range"),
        ("/3/category", "invalid_category"),
        ("/5/sku", "duplicate"),
    ]
    assert not Product.objects.exists()


def test_a_list_too_long_is_to_be_split(shop):
    rows = [{"sku": f"S{n}", "name": "x", "price": "1"} for n in range(5001)]
    problem = shop.admin.call("POST", "products/bulk", rows)
    assert (shop.admin.status, problem["errors"][0]["code"]) == (400, "too_many")


def test_the_same_list_twice_is_created_then_updated(shop):
    rows = [{"sku": "A", "name": "A", "price": "1"}, {"sku": "B", "name": "B", "price": "2"}]
    assert shop.admin.ok("POST", "products/bulk", rows) == {"created": 2, "updated": 0}
    assert shop.admin.ok("POST", "products/bulk", rows) == {"created": 0, "updated": 2}


def test_products_are_found_by_name_category_and_tag(shop):
    for sku, name, category, tags in (
        ("C1", "Espresso", "Drinks > Coffee", ["hot"]),
        ("T1", "Green tea", "Drinks > Tea", ["hot", "new"]),
        ("B1", "Bread", "Food", []),
        ("D1", "Drinks menu", None, ["new"]),
    ):
        body = {"name": name, "price": "1", "category": category, "tags": tags}
        shop.admin.ok("PUT", f"products/{sku}", body)

    def found(query):
        return [one["sku"] for one in shop.admin.ok("GET", f"products?{query}")["results"]]

    assert found("q=ESPR") == ["C1"]
    assert found("q=t1") == ["T1"]
    assert found("category=Drinks") == ["C1", "T1"]
    assert found("category=Drinks%20%3E%20Tea") == ["T1"]
    assert found(f"category={Category.objects.get(path='Food').pk}") == ["B1"]
    assert found("category=Moon") == []
    assert found("tag=new") == ["T1", "D1"]
    assert found("tag=new&category=Drinks&q=tea") == ["T1"]
    assert found("q=%00") == ["C1", "T1", "B1", "D1"]


def test_a_long_list_comes_in_pages(shop):
    shop.products(**{f"S{n}": "1" for n in range(5)})
    page = shop.admin.ok("GET", "products?page_size=2")
    seen = [one["sku"] for one in page["results"]]
    while page["next"]:
        page = shop.admin.ok("GET", page["next"].split("/api/v1/")[1])
        seen += [one["sku"] for one in page["results"]]
    assert seen == [f"S{n}" for n in range(5)]


def test_one_product_is_told_whether_it_is_new():
    product = ProductInput(sku="A", name="A", price=Decimal(1))
    first, second = upsert_product(product=product), upsert_product(product=product)
    assert (first.created, second.created) == (True, False)
    assert first.product_id == second.product_id


def test_the_fault_of_one_product_points_into_it():
    with pytest.raises(InvalidProduct) as refused:
        upsert_product(product=ProductInput(sku="A", name="A", price=Decimal(-1)))
    errors: Any = refused.value.facts["errors"]
    (fault,) = errors
    assert fault["pointer"] == "/price"
