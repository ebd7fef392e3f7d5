"""Products, categories and points of sale, as they are set up."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promotions.catalog.input import ProductInput
from promotions.errors import CategoryNotFound, InvalidCategory
from promotions.models import CatalogState, Category, PosConfig, Product
from promotions.services.move_category import move_category
from promotions.services.upsert_products import upsert_products
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db
COFFEE = {"name": "Coffee", "price": "3.50", "category": "Drinks > Coffee", "tags": ["hot", "new"]}


@pytest.fixture
def shop() -> Shop:
    return Shop()


def tree():
    """Return the categories by path, each with the paths of its lineage and its parent's."""
    rows = {row.pk: row for row in Category.objects.all()}
    return {
        row.path: (
            [rows[key].path for key in row.lineage],
            rows[row.parent_id].path if row.parent_id else None,
        )
        for row in rows.values()
    }


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


def test_a_moved_category_takes_all_below_it_along(shop):
    for path in ("Drinks > Hot > Coffee > Beans", "Drinks > Cold", "Food"):
        shop.admin.ok("PUT", f"products/{path[-4:]}", {**COFFEE, "category": path})
    hot, food = (Category.objects.get(path=path) for path in ("Drinks > Hot", "Food"))
    moved = move_category(category_id=hot.pk, parent_id=food.pk, name="Warm")
    assert (moved.path, moved.moved) == ("Food > Warm", 3)
    assert tree()["Food > Warm > Coffee > Beans"] == (
        ["Food", "Food > Warm", "Food > Warm > Coffee", "Food > Warm > Coffee > Beans"],
        "Food > Warm > Coffee",
    )
    assert set(tree()) == {
        "Drinks",
        "Drinks > Cold",
        "Food",
        "Food > Warm",
        "Food > Warm > Coffee",
        "Food > Warm > Coffee > Beans",
    }
    results = shop.admin.ok("GET", "products?category=Food")["results"]
    assert {one["category"] for one in results} == {"Food", "Food > Warm > Coffee > Beans"}


def test_a_category_moves_to_the_top(shop):
    shop.admin.ok("PUT", "products/C", COFFEE)
    coffee = Category.objects.get(path="Drinks > Coffee")
    move_category(category_id=coffee.pk, parent_id=None, name="Coffee")
    assert tree()["Coffee"] == (["Coffee"], None)
    assert shop.admin.ok("GET", "products/C")["category"] == "Coffee"


def test_a_program_follows_a_moved_category(shop):
    shop.admin.ok("PUT", "products/C", COFFEE)
    rules = [{"categories": ["Drinks"]}]
    made = shop.program(rules=rules, rewards=[discount("10")])
    drinks = Category.objects.get(path="Drinks")
    move_category(category_id=drinks.pk, parent_id=None, name="Beverages")
    told = shop.admin.ok("GET", f"programs/{made['id']}")
    assert told["rules"][0]["categories"] == ["Beverages"]
    assert told["unpublished_changes"] is False


@pytest.mark.parametrize(
    ("parent", "name", "pointer", "code"),
    [
        ("Drinks > Coffee", "Drinks", "/parent", "circular"),
        ("Drinks", "Drinks", "/parent", "circular"),
        (None, "Food", "/name", "duplicate"),
        (None, " ", "/name", "invalid_category"),
        (None, "a > b", "/name", "invalid"),
        (None, "x" * 121, "/name", "invalid_category"),
    ],
)
def test_a_move_that_cannot_be_changes_nothing(shop, parent, name, pointer, code):
    shop.admin.ok("PUT", "products/C", COFFEE)
    shop.admin.ok("PUT", "products/B", {**COFFEE, "category": "Food"})
    before = tree()
    ids = dict(Category.objects.values_list("path", "pk"))
    with pytest.raises(InvalidCategory) as refused:
        move_category(
            category_id=ids["Drinks"], parent_id=ids[parent] if parent else None, name=name
        )
    (fault,) = refused.value.facts["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert tree() == before


def test_a_path_below_must_not_grow_too_long(shop):
    long = " > ".join(["n" * 92] * 4)
    shop.admin.ok("PUT", "products/C", {**COFFEE, "category": long})
    top = Category.objects.get(path="n" * 92)
    with pytest.raises(InvalidCategory):
        move_category(category_id=top.pk, parent_id=None, name="n" * 120)


def test_an_unknown_category_cannot_be_moved():
    with pytest.raises(CategoryNotFound):
        move_category(category_id=1, parent_id=None, name="x")


def test_a_point_of_sale_is_kept_as_sent(shop):
    body = {
        "name": "Jakarta",
        "time_zone": "Asia/Jakarta",
        "currency": "IDR",
        "discount_rounding": "down",
        "return_policy": "reprice",
    }
    made = shop.admin.ok("PUT", "pos-configs/jkt", body)
    assert shop.admin.status == 201
    assert shop.admin.ok("GET", "pos-configs/jkt") == made
    assert made == {"id": made["id"], "ref": "jkt", **body}
    listed = shop.admin.ok("GET", "pos-configs")["results"]
    assert [one["ref"] for one in listed] == ["main", "jkt"]


def test_a_changed_point_of_sale_is_a_new_catalog_version(shop):
    shop.admin.ok("PUT", "pos-configs/jkt", {"name": "Jakarta", "currency": "idr"})
    before = CatalogState.objects.get().version
    again = shop.admin.ok("PUT", "pos-configs/jkt", {"name": "Jakarta"})
    assert (shop.admin.status, again["currency"]) == (200, "IDR")
    assert CatalogState.objects.get().version == before
    shop.admin.ok("PUT", "pos-configs/jkt", {"name": "Jakarta 2"})
    assert CatalogState.objects.get().version == before + 1


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("time_zone", "Mars/Olympus", "unknown_time_zone"),
        ("time_zone", "../etc/passwd", "unknown_time_zone"),
        ("currency", "XYZ", "unknown_currency"),
        ("currency", "", "unknown_currency"),
        ("discount_rounding", "up", "invalid"),
        ("return_policy", "never", "invalid"),
        ("name", "", "invalid"),
        ("name", "x" * 121, "invalid"),
        ("owner", "me", "unknown_field"),
    ],
)
def test_a_point_of_sale_that_cannot_be_is_refused(shop, field, value, code):
    before = CatalogState.objects.get().version
    problem = shop.admin.call("PUT", "pos-configs/x", {"name": "X", field: value})
    assert shop.admin.status == 400
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [(f"/{field}", code)]
    assert not PosConfig.objects.filter(ref="x").exists()
    assert CatalogState.objects.get().version == before
