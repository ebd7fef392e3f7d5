"""Conflicts: programs that can never apply, lose always, overlap, or take off too much."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone, translation

from promotions.conflict_text import tell_conflicts
from promotions.conflicts.findings import Finding
from promotions.errors import ProgramNotFound
from promotions.models import Product, PromotionProgram
from promotions.services.find_conflicts import Conflicts, find_conflicts
from tests.browser.people import make_user
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db
SALE = {"exclusion_group": None}


@pytest.fixture
def shop() -> Shop:
    """Give a store with two products."""
    shop = Shop(currency="USD")
    shop.products(A="10.00", B="4.00")
    return shop


def look(program: Json | None = None, share: int = 50) -> Conflicts:
    return find_conflicts(
        at=timezone.now(),
        most_share=Decimal(share),
        program_id=None if program is None else program["id"],
    )


def found(conflicts: Conflicts) -> list[tuple[str, int, tuple[int, ...]]]:
    return [(one.kind.value, one.program_id, one.others) for one in conflicts.findings]


def only(conflicts: Conflicts) -> Finding:
    (one,) = conflicts.findings
    return one


def test_a_program_that_applies_alone_is_no_conflict(shop: Shop) -> None:
    shop.percent_off("10", rules=[{"products": ["A"], "minimum_amount": "95", "minimum_qty": "3"}])
    conflicts = look()
    assert found(conflicts) == []
    assert (conflicts.looked_at, conflicts.in_force) == (1, 1)


def test_every_type_of_program_gets_a_basket_to_which_it_applies(shop: Shop) -> None:
    shop.program("buy_x_get_y", rules=[{"products": ["A"]}], rewards=[_free("B", points="3")])
    shop.program("promo_code", rules=[{"code": "HI"}], rewards=[discount("1")])
    shop.program("coupons", rewards=[discount("1")])
    shop.program("next_order_coupons", rules=[{"minimum_amount": "50"}], rewards=[discount("1")])
    shop.program("referral", rewards=[discount("1")])
    money = {"reward_point_mode": "money", "reward_point_amount": "1"}
    shop.program(
        "loyalty", ref="club", rules=[money], rewards=[discount("1") | {"required_points": "50"}]
    )
    shop.program(rewards=[_set(("A", 2), ("B", 1), price="5")])
    steps = [{"from": "7", "percent": "1"}]
    shop.program(
        rewards=[{"steps": {"mode": "tier", "by": "qty", "steps": steps, "products": ["B"]}}]
    )
    shop.program(rewards=[{"special_price": {"products": ["B"], "price": "3.99"}}])
    assert [one for one in found(look(share=100)) if one[0] in {"never", "beaten"}] == []


def test_one_that_has_ended_can_never_apply(shop: Shop) -> None:
    over = (timezone.now() - timedelta(days=1)).isoformat()
    made = shop.percent_off("10", date_to=over)
    one = only(look())
    assert (one.kind.value, one.program_id, one.reason, one.units) == (
        "never", made["id"], "expired", (),
    )  # fmt: skip
    ((_finding, told),) = tell_conflicts(look())
    assert told.sentence == "There is no store and no time at which it runs."
    assert told.why == "It has ended."


def test_one_that_starts_later_or_runs_at_hours_is_tried_then(shop: Shop) -> None:
    later = timezone.now() + timedelta(days=30)
    shop.percent_off("10", date_from=later.isoformat())
    shop.percent_off("5", schedule=[{"weekdays": [2], "start": "03:00", "end": "03:05"}])
    assert found(look()) == []


def test_one_whose_goods_are_sold_no_more_can_never_apply(shop: Shop) -> None:
    made = shop.percent_off("10", rules=[{"products": ["B"]}])
    Product.objects.filter(sku="B").update(active=False)
    one = only(look())
    assert (one.program_id, one.reason, one.tried) == (made["id"], "no_matching_product", 0)
    ((_finding, told),) = tell_conflicts(look())
    assert told.sentence == "No product that is sold fits it."


def test_one_that_is_used_up_can_never_apply(shop: Shop) -> None:
    shop.percent_off("10", limit_usage=1, **SALE)
    shop.commit(("A", "1"))
    one = only(look())
    assert (one.kind.value, one.reason, one.tried) == ("never", "used_up", 4)


def test_one_that_a_better_one_of_its_group_always_beats(shop: Shop) -> None:
    worse = shop.percent_off("10", name="Ten", rules=[{"minimum_amount": "50"}])
    better = shop.percent_off("20", name="Twenty")
    one = only(look())
    assert (one.kind.value, one.program_id, one.others) == ("beaten", worse["id"], (better["id"],))
    assert (one.reason, one.tried) == ("not_combinable", 3)
    ((_finding, told),) = tell_conflicts(look())
    assert told.sentence == "Alone it applies; in all of 3 baskets Twenty applied instead."
    assert told.basket.startswith("5 \u00d7 A · Main street · ")
    assert told.price == "$50.00 becomes $40.00"


def test_two_that_apply_together_overlap_in_both_directions_or_in_one(shop: Shop) -> None:
    broad = shop.percent_off("10", **SALE)
    narrow = shop.percent_off("10", rules=[{"products": ["B"]}], **SALE)
    assert found(look()) == [("overlap", narrow["id"], (broad["id"],))]
    again = shop.percent_off("5", **SALE)
    assert found(look()) == [
        ("overlap", again["id"], (broad["id"],)),
        ("overlap", narrow["id"], (broad["id"], again["id"])),
        ("overlap", broad["id"], (again["id"],)),
    ]


def test_together_they_take_off_more_than_a_share(shop: Shop) -> None:
    half = shop.percent_off("50", name="Half", **SALE)
    code = shop.program(
        "promo_code", name="Code", rules=[{"code": "MORE"}], rewards=[discount("20")], **SALE
    )
    coupon = shop.program("coupons", name="Mailed", rewards=[discount("10")], **SALE)
    assert [one for one in found(look(share=65)) if one[0] == "share"] == []
    # 100 - 50 = 50, a fifth off: 40, a tenth off: 36
    shares = [one for one in look(share=63).findings if one.kind == "share"]
    assert {one.program_id for one in shares} == {half["id"], code["id"], coupon["id"]}
    assert {one.share for one in shares} == {Decimal(64)}
    told = [words for one, words in tell_conflicts(look(share=63)) if one.kind == "share"]
    first = next(one for one in told if one.program == "Half")
    assert first.sentence == "Together with Code and Mailed it takes 64% off."
    assert first.basket.endswith("with a coupon of Mailed and MORE")


def test_a_draft_is_looked_at_as_if_it_were_in_force(shop: Shop) -> None:
    better = shop.percent_off("20")
    draft = shop.percent_off("10", publish=False)
    assert found(look()) == []
    conflicts = look(draft)
    assert found(conflicts) == [("beaten", draft["id"], (better["id"],))]
    assert conflicts.looked_at == 1
    assert PromotionProgram.objects.get(pk=draft["id"]).state == "draft"
    with pytest.raises(ProgramNotFound):
        look({"id": 999_999})


def test_over_rest_with_the_basket_that_shows_it(shop: Shop) -> None:
    worse = shop.percent_off("10")
    better = shop.percent_off("20")
    answer = shop.admin.ok("GET", "conflicts?share=80")
    (one,) = answer["conflicts"]
    at = one.pop("at")
    assert at.startswith("20")
    assert one == {
        "conflict": "beaten",
        "program": worse["id"],
        "others": [better["id"]],
        "reason": "not_combinable",
        "tried": 3,
        "sentence": "Alone it applies; in all of 3 baskets promotion applied instead.",
        "basket": [{"sku": "A", "qty": "1", "unit_price": "10"}],
        "codes": [],
        "pos_config": "main",
        "subtotal": "10.00",
        "discount": "2.00",
    }
    assert (answer["looked_at"], answer["in_force"]) == (2, 2)
    assert shop.admin.ok("GET", f"programs/{better['id']}/conflicts")["conflicts"] == []
    refused = shop.admin.call("GET", "conflicts?share=0")
    assert (shop.admin.status, refused["code"]) == (400, "invalid_query")
    shop.till.call("GET", "conflicts")
    assert shop.till.status == 403


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make_user("maya", group="marketing"))
    return client


LIST = "/admin/promotions/promotionprogram/"


def test_the_page_tells_them_in_the_words_of_a_shop(shop: Shop, staff: Client) -> None:
    worse = shop.percent_off("10", name="Ten <b>")
    shop.percent_off("20", name="Twenty")
    assert f'{LIST}conflicts/"' in staff.get(LIST).content.decode()
    page = staff.get(f"{LIST}conflicts/").content.decode()
    assert "Others always win (1)" in page
    assert "Ten &lt;b&gt;" in page
    assert "in all of 3 baskets Twenty applied instead" in page
    assert "2 programs were looked at." in page
    with translation.override("id"):
        said = staff.get(f"{LIST}conflicts/", headers={"Accept-Language": "id"}).content.decode()
    assert "Selalu kalah (1)" in said
    own = staff.get(f"{LIST}{worse['id']}/conflicts/").content.decode()
    assert "its draft, as if it were in force" in own
    assert staff.get(f"{LIST}999999/conflicts/").status_code == 404


def test_the_page_says_what_to_do_where_there_is_nothing(shop: Shop, staff: Client) -> None:
    assert "No program is in force." in staff.get(f"{LIST}conflicts/").content.decode()
    shop.percent_off("10")
    assert "Nothing gets in the way" in staff.get(f"{LIST}conflicts/").content.decode()
    wrong = staff.get(f"{LIST}conflicts/?share=300").content.decode()
    assert "less than or equal to 100" in wrong


def _free(sku: str, points: str) -> Json:
    return {"required_points": points, "product": {"products": [sku]}}


def _set(*slots: tuple[str, int], price: str) -> Json:
    listed = [{"products": [sku], "qty": str(qty)} for sku, qty in slots]
    return {"special_set": {"slots": listed, "price": price}}


def test_twice_the_points_can_apply_where_something_earns_them(shop: Shop) -> None:
    shop.member("ann", points="0")
    twice = {"reward_type": "point", "points": {"multiplier": "2"}}
    made = shop.program(name="Twice", loyalty_program="club", rewards=[twice])
    assert found(look()) == [("never", made["id"], ())]
    rewards = [discount("1", "fixed") | {"required_points": "500"}]
    shop.program("loyalty", name="Club", loyalty_program="club", rewards=rewards)
    assert found(look()) == []
