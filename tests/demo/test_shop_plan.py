"""The demo shop before it is sold anything: what it has, and what its year will be."""

from collections import Counter
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

from demo.shop.assortment import STORES, read_products
from demo.shop.people import REGULAR, invent_members
from demo.shop.plan import DAYS, PlannedOrder, plan_orders
from demo.shop.programs import HELD, coupon_code, shop_programs

LAST_DAY = date(2026, 6, 30)
PRODUCTS = read_products()


def plan(seed: int = 1, count: int = 300, last_day: date = LAST_DAY) -> tuple[PlannedOrder, ...]:
    return plan_orders(
        count=count,
        products=PRODUCTS,
        members=invent_members(80, seed),
        last_day=last_day,
        seed=seed,
    )


def test_the_shop_sells_300_products_in_a_tree_of_categories() -> None:
    assert len(PRODUCTS) == 300
    assert len({product.sku for product in PRODUCTS}) == 300
    assert len({product.name for product in PRODUCTS}) == 300
    assert all(product.price > 0 for product in PRODUCTS)
    assert {"Drinks > Coffee", "Bakery > Bread"} <= {product.category for product in PRODUCTS}


def test_stores_lie_in_five_time_zones() -> None:
    assert len({store.time_zone for store in STORES}) == 5


def test_members_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    members = invent_members(200, 7)
    assert members == invent_members(200, 7)
    assert members != invent_members(200, 8)
    assert len({member.email for member in members}) == 200
    levels = Counter(member.level for member in members)
    assert levels == {"gold": 16, "silver": 36, "bronze": 68, None: 80}
    assert members[REGULAR].level == "gold"


def test_baskets_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    assert plan(1) == plan(1)
    assert [order.lines for order in plan(1)] != [order.lines for order in plan(2)]


def test_another_last_day_moves_the_same_baskets() -> None:
    before, after = plan(count=50), plan(count=50, last_day=LAST_DAY + timedelta(days=7))
    assert sorted(order.lines for order in before) == sorted(order.lines for order in after)


def test_the_year_is_in_time_order_and_in_opening_hours() -> None:
    orders = plan()
    zones = {store.ref: ZoneInfo(store.time_zone) for store in STORES}
    assert [order.sold_at for order in orders] == sorted(order.sold_at for order in orders)
    for order in orders:
        clock = order.sold_at.astimezone(zones[order.store])
        assert 8 <= clock.hour <= 20
        assert LAST_DAY - timedelta(days=DAYS) < clock.date() <= LAST_DAY
        assert order.sold_at.tzinfo is UTC
        assert order.returned_at is None or order.returned_at > order.sold_at


def test_what_is_bought_is_sold_there() -> None:
    skus = {product.sku for product in PRODUCTS}
    for order in plan():
        assert order.lines
        assert len({sku for sku, _qty in order.lines}) == len(order.lines)
        assert all(sku in skus and qty > 0 for sku, qty in order.lines)


def test_the_regular_keeps_their_coupon() -> None:
    kept = {coupon_code(program, REGULAR) for program in HELD}
    assert all(kept.isdisjoint(order.codes) for order in plan(count=2_000))


def test_programs_hold_in_the_stores_of_the_shop_alone() -> None:
    programs = shop_programs(LAST_DAY)
    assert len({program["ref"] for program in programs}) == len(programs)
    assert all(program["pos_configs"] == [store.ref for store in STORES] for program in programs)
