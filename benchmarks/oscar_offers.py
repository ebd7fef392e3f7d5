"""django-oscar's own offers on the benchmark's basket, run with the Python of Oscar's venv.

Prints one line of JSON. The database is SQLite in memory: no network and no disk, which is
kinder to Oscar than the server a shop runs it with. The basket is loaded and the offers applied,
as a request for a basket does. Called by benchmarks/oscar.py.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from decimal import Decimal
from typing import Any

import django
from django.conf import settings

from benchmarks.engine_floor import PRODUCTS, Offer, Shop

REPEATS = 5


def configure() -> None:
    """Set Django up with Oscar's sandbox of apps."""
    from oscar import defaults

    places = (
        "", ".apps.analytics", ".apps.checkout", ".apps.address", ".apps.shipping",
        ".apps.catalogue", ".apps.catalogue.reviews", ".apps.communication", ".apps.partner",
        ".apps.basket", ".apps.payment", ".apps.offer", ".apps.order", ".apps.customer",
        ".apps.search", ".apps.voucher", ".apps.wishlists", ".apps.dashboard",
        ".apps.dashboard.reports", ".apps.dashboard.users", ".apps.dashboard.orders",
        ".apps.dashboard.catalogue", ".apps.dashboard.offers", ".apps.dashboard.partners",
        ".apps.dashboard.pages", ".apps.dashboard.ranges", ".apps.dashboard.reviews",
        ".apps.dashboard.vouchers", ".apps.dashboard.communications", ".apps.dashboard.shipping",
    )  # fmt: skip
    framework = "admin auth contenttypes sessions messages sites flatpages"
    settings.configure(
        **{name: getattr(defaults, name) for name in dir(defaults) if name.startswith("OSCAR")},
        SECRET_KEY="benchmark",
        USE_TZ=True,
        SITE_ID=1,
        ROOT_URLCONF="",
        STATIC_URL="/static/",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        HAYSTACK_CONNECTIONS={
            "default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}
        },
        INSTALLED_APPS=[
            *(f"django.contrib.{name}" for name in framework.split()),
            *(_app(place) for place in places),
            *"widget_tweaks haystack treebeard django_tables2".split(),
        ],
    )
    django.setup()


def _app(place: str) -> str:
    """Return the path of the AppConfig, which Oscar names after the folders."""
    if not place:
        return "oscar.config.Shop"
    parts = place.removeprefix(".apps.").split(".")
    order = parts if parts[0] == "catalogue" else parts[::-1]
    named = "".join(part.capitalize() for part in order)
    return f"oscar{place}.apps.{named}Config"


def make_products(shop: Shop) -> list[Any]:
    """Make the shop's products with their prices; return them in its order."""
    from oscar.core.loading import get_model

    product_class = get_model("catalogue", "ProductClass").objects.create(
        name="goods", track_stock=False
    )
    partner = get_model("partner", "Partner").objects.create(name="shop")
    product, stock = get_model("catalogue", "Product"), get_model("partner", "StockRecord")
    made = [
        product.objects.create(
            upc=str(number), title=str(number), product_class=product_class, structure="standalone"
        )
        for number in range(PRODUCTS)
    ]
    stock.objects.bulk_create(
        [
            stock(
                product=one, partner=partner, partner_sku=one.upc, num_in_stock=1000,
                price=Decimal(shop.price[number]) / 100,
            )
            for number, one in enumerate(made)
        ]
    )  # fmt: skip
    return made


def make_offers(shop: Shop, products: list[Any], count: int) -> None:
    """Make the floor's offers as Oscar has them, each at most once a basket.

    In place of a gift, which Oscar does not know: the cheapest of three of the range is free.
    """
    from oscar.core.loading import get_model

    condition, benefit = get_model("offer", "Condition"), get_model("offer", "Benefit")
    range_, link = get_model("offer", "Range"), get_model("offer", "RangeProduct")
    everything = range_.objects.create(name="all", slug="all", includes_all_products=True)
    ranges = {}
    for number, chosen in enumerate(shop.ranges):
        one = ranges[chosen] = range_.objects.create(name=f"r{number}", slug=f"r{number}")
        link.objects.bulk_create(
            [link(range=one, product=products[place], display_order=0) for place in sorted(chosen)]
        )
    for offer in shop.offers(count):
        wanted, given = _terms(offer, ranges[offer.range], everything)
        get_model("offer", "ConditionalOffer").objects.create(
            name=f"o{offer.number}", slug=f"o{offer.number}", offer_type="Site",
            priority=count - offer.number, max_basket_applications=1,
            condition=condition.objects.create(**wanted), benefit=benefit.objects.create(**given),
        )  # fmt: skip


def _terms(offer: Offer, within: object, everything: object) -> tuple[dict[str, Any], ...]:
    """Return the fields of the condition and of the benefit."""
    if offer.kind == 0:
        return (
            {"type": "Count", "value": 1, "range": within},
            {"type": "Percentage", "value": offer.value, "range": within},
        )
    if offer.kind == 1:
        return (
            {"type": "Value", "value": Decimal(offer.least) / 100, "range": everything},
            {"type": "Absolute", "value": Decimal(offer.value) / 100, "range": everything},
        )
    if offer.kind == 2:
        return (
            {"type": "Count", "value": 3, "range": within},
            {"type": "Multibuy", "value": None, "range": within},
        )
    return (
        {"type": "Count", "value": 2, "range": within},
        {"type": "Percentage", "value": 50, "range": within, "max_affected_items": 1},
    )


def main(lines: int, offers: int) -> None:
    """Measure and print {"ms", "queries", "applied", "oscar"}."""
    configure()
    from django.core.management import call_command
    from django.db import connection
    from oscar import get_version
    from oscar.core.loading import get_class, get_model

    call_command("migrate", verbosity=0)
    shop = Shop()
    random.seed(0)
    products = make_products(shop)
    make_offers(shop, products, offers)
    strategy = get_class("partner.strategy", "Default")()
    kept = get_model("basket", "Basket").objects.create()
    kept.strategy = strategy
    for product, qty, _ in shop.lines(lines):
        kept.add_product(products[product], quantity=qty)
    queries = 0

    def counted(execute: Any, *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    def apply() -> Any:
        basket = get_model("basket", "Basket").objects.get(pk=kept.pk)
        basket.strategy = strategy
        get_class("offer.applicator", "Applicator")().apply(basket)
        return basket

    with connection.execute_wrapper(counted):
        applied = len(apply().offer_applications.offer_discounts)
    taken = []
    for _ in range(REPEATS):
        start = time.thread_time()
        apply()
        taken.append((time.thread_time() - start) * 1e3)
    found = {"ms": statistics.median(taken), "queries": queries, "applied": applied}
    print(json.dumps(found | {"oscar": get_version()}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
