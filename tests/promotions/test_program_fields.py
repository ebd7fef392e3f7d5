"""Every field of a program is kept as it was sent."""

import pytest

from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db

NO_FILTER: Json = {"products": [], "categories": [], "tags": []}
RULE = {
    "minimum_amount": "20.00",
    "minimum_qty": "1.5",
    "products": ["A", "B"],
    "categories": ["Drinks > Coffee", "Food"],
    "tags": ["new", "vegan"],
    "membership": "gold",
    "reward_point_mode": "money",
    "reward_point_amount": "0.25",
    "code": "Summer 10",
}
GROUPS: dict[str, Json] = {
    "percent": {
        "reward_type": "discount",
        "discount": {
            "mode": "percent",
            "value": "12.5",
            "applies_to": "specific",
            "products": ["A"],
            "categories": ["Food"],
            "tags": ["new"],
            "max_amount": "9.90",
        },
    },
    "cheapest": {
        "reward_type": "discount",
        "discount": {
            **NO_FILTER,
            "mode": "fixed",
            "value": "5.00",
            "applies_to": "cheapest",
            "max_amount": None,
        },
    },
    "per_point": {
        "reward_type": "discount",
        "discount": {
            **NO_FILTER,
            "mode": "per_point",
            "value": "0.005",
            "applies_to": "order",
            "max_amount": None,
        },
    },
    "product": {
        "reward_type": "product",
        "product": {"products": ["B", "A"], "qty": "2", "placement": "extra"},
    },
    "special_price": {
        "reward_type": "special_price",
        "special_price": {**NO_FILTER, "products": ["A"], "price": "9.90", "max_qty": "3"},
    },
    "special_set": {
        "reward_type": "special_set",
        "special_set": {
            "slots": [
                {"products": ["A"], "categories": [], "tags": [], "qty": "2"},
                {"products": [], "categories": ["Food"], "tags": ["new"], "qty": "1"},
            ],
            "price": "15.00",
            "max_sets": 4,
        },
    },
    "cascade": {
        "reward_type": "multiple_discount",
        "steps": {
            "mode": "cascade",
            "by": "qty",
            "steps": [{"from": "0", "percent": "10"}, {"from": "0", "percent": "5"}],
            "products": ["A"],
            "categories": [],
            "tags": ["vegan"],
        },
    },
    "tier": {
        "reward_type": "multiple_discount",
        "steps": {
            **NO_FILTER,
            "mode": "tier",
            "by": "amount",
            "steps": [{"from": "10.00", "percent": "10"}, {"from": "20.00", "percent": "12.5"}],
        },
    },
    "bonus": {"reward_type": "point", "points": {"amount": "50", "multiplier": None}},
    "multiplier": {"reward_type": "point", "points": {"amount": None, "multiplier": "2.5"}},
}
FIELDS = {
    "ref": "summer",
    "name": "Summer sale",
    "trigger": "with_code",
    "applies_on": "both",
    "active": False,
    "loyalty_program": "club",
    "currency": "USD",
    "date_from": "2026-06-01T00:00:00+00:00",
    "date_to": "2026-08-31T21:59:59.500000+00:00",
    "pos_configs": ["airport", "main"],
    "schedule": [
        {"weekdays": [0, 1, 4], "start": "17:00", "end": "19:30"},
        {"weekdays": [6], "start": "22:00", "end": "02:00"},
    ],
    "sequence": -5,
    "stacking": "exclusive",
    "exclusion_group": "seasonal",
    "limit_usage": 100,
    "limit_per_partner": 2,
    "budget": "500.00",
    "pending_days": 14,
}


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.admin.ok("PUT", "pos-configs/airport", {"name": "Airport"})
    shop.admin.ok("PUT", "membership-products/gold", {"name": "Gold"})
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club"})
    for sku, category in (("A", "Drinks > Coffee"), ("B", "Food")):
        body = {"name": sku, "price": "10.00", "category": category}
        shop.admin.ok("PUT", f"products/{sku}", body)
    return shop


def without_ids(sent):
    return {key: held for key, held in sent.items() if key != "id"}


@pytest.mark.parametrize("group", GROUPS)
def test_a_reward_is_kept_as_sent(shop, group):
    sent = {"required_points": "2.5", "description": "Take this", **GROUPS[group]}
    body = {"name": "P", "program_type": "promotion", "rewards": [sent]}
    made = shop.admin.ok("POST", "programs", body)
    kept = shop.admin.ok("GET", f"programs/{made['id']}")
    assert kept == made
    (reward,) = kept["rewards"]
    given = {name: held for name, held in reward.items() if name in sent}
    assert given == sent
    others = {name for name, held in reward.items() if held is None}
    assert others == {
        "discount", "product", "special_price", "special_set", "steps", "points"
    } - set(sent)  # fmt: skip


def test_every_other_field_is_kept_as_sent(shop):
    sent = {**FIELDS, "program_type": "promotion", "rules": [RULE], "rewards": [discount("10")]}
    made = shop.admin.ok("POST", "programs", sent)
    assert shop.admin.status == 201
    kept = shop.admin.ok("GET", f"programs/{made['id']}")
    assert {name: kept[name] for name in FIELDS} == FIELDS
    assert without_ids(kept["rules"][0]) == RULE
    assert (kept["state"], kept["version"], kept["unpublished_changes"]) == ("draft", None, True)


def test_a_program_is_found_by_its_ref_too(shop):
    made = shop.admin.ok("POST", "programs", {**FIELDS, "program_type": "promotion"})
    assert shop.admin.ok("GET", "programs/summer") == made


def test_every_field_can_be_changed_alone(shop):
    made = shop.admin.ok("POST", "programs", {"name": "P", "program_type": "promotion"})
    expected = dict(made)
    for name, value in FIELDS.items():
        changed = shop.admin.ok("PATCH", f"programs/{made['id']}", {name: value})
        expected |= {name: value, "updated_at": changed["updated_at"]}
        assert changed == expected, name


def test_an_answer_can_be_sent_back(shop):
    sent = {**FIELDS, "program_type": "promotion", "rules": [RULE], "rewards": [*GROUPS.values()]}
    made = shop.admin.ok("POST", "programs", sent)
    again = shop.admin.ok("PATCH", f"programs/{made['id']}", made)
    assert {**again, "updated_at": None} == {**made, "updated_at": None}


def test_ids_are_taken_where_references_are(shop):
    product = shop.admin.ok("GET", "products/A")["id"]
    pos = shop.admin.ok("GET", "pos-configs/airport")["id"]
    rule = {"products": [product]}
    body = {"name": "P", "program_type": "promotion", "pos_configs": [pos], "rules": [rule]}
    made = shop.admin.ok("POST", "programs", body)
    assert made["pos_configs"] == ["airport"]
    assert made["rules"][0]["products"] == ["A"]


def test_null_clears(shop):
    made = shop.admin.ok("POST", "programs", {**FIELDS, "program_type": "promotion"})
    nullable = [
        "ref", "loyalty_program", "currency", "date_from", "date_to", "schedule", "sequence",
        "exclusion_group", "limit_usage", "limit_per_partner", "budget",
    ]  # fmt: skip
    cleared = shop.admin.ok("PATCH", f"programs/{made['id']}", dict.fromkeys(nullable))
    assert [cleared[name] for name in nullable] == [None] * len(nullable)


def test_whole_days_include_their_last_instant(shop):
    body = {"name": "P", "program_type": "promotion"}
    days = {"date_from": "2026-12-01", "date_to": "2026-12-31"}
    made = shop.admin.ok("POST", "programs", {**body, **days})
    assert made["date_from"] == "2026-12-01T00:00:00+00:00"
    assert made["date_to"] == "2026-12-31T23:59:59.999999+00:00"


def test_an_instant_keeps_its_moment_in_any_zone(shop):
    body = {"name": "P", "program_type": "promotion", "date_from": "2026-12-01T07:00:00+07:00"}
    made = shop.admin.ok("POST", "programs", body)
    assert made["date_from"] == "2026-12-01T00:00:00+00:00"


def test_a_window_without_days_is_of_every_day_and_without_times_of_the_whole_day(shop):
    windows = [{"start": "17:00", "end": "24:00"}, {"weekdays": [0]}]
    body = {"name": "P", "program_type": "promotion", "schedule": windows}
    assert shop.admin.ok("POST", "programs", body)["schedule"] == [
        {"weekdays": [0, 1, 2, 3, 4, 5, 6], "start": "17:00", "end": "00:00"},
        {"weekdays": [0], "start": "00:00", "end": "00:00"},
    ]


def test_money_is_told_with_the_digits_of_its_currency(shop):
    shop.admin.ok("PUT", "pos-configs/tokyo", {"name": "Tokyo", "currency": "JPY"})
    body = {
        "name": "P",
        "program_type": "promotion",
        "currency": "JPY",
        "rewards": [discount("500", "fixed")],
    }
    made = shop.admin.ok("POST", "programs", body)
    assert made["rewards"][0]["discount"]["value"] == "500"
