"""Moving a branch of the category tree."""

from typing import Any

import pytest

from promotions.errors import CategoryNotFound, InvalidCategory
from promotions.models import Category
from promotions.services.move_category import move_category
from tests.promotions.trees import COFFEE, tree
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return Shop()


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
    errors: Any = refused.value.facts["errors"]
    (fault,) = errors
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
