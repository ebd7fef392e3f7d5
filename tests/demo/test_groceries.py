"""The real groceries: 200 baskets of January, read, loaded and replayed."""

import csv
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from demo.claiming import Savings
from demo.groceries import replay as replaying
from demo.groceries.calendar import Shift, shift_of_start, shift_to_end_before
from demo.groceries.outcome import read_outcome
from demo.groceries.replay import PREFIX, commit_basket, order_ref
from demo.groceries.source import GroceryDataMissing, GrocerySource
from demo.groceries.stocking import CLUB, POINTS, POINTS_FOR_FIVE, coupon_code
from demo.groceries.year import load_year
from loyalty.models import LoyaltyCard, Partner
from loyalty.services.verify_ledger import verify_ledger
from promotions import catalog_store
from promotions.models import Order, OrderLine, PosConfig, Product, PromotionProgram

TABLES = Path(__file__).parent / "journey"
FEBRUARY = date(2017, 2, 1)
NEW_YORK = ZoneInfo("America/New_York")


def rows(table: str) -> list[dict[str, str]]:
    with (TABLES / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def goods() -> list[dict[str, str]]:
    """Return the rows of the table that are goods: those with units."""
    return [row for row in rows("transactions") if row["quantity"] != "0"]


def charged() -> Decimal:
    """Return what the tills charged before coupons, added up without the code under test."""
    return sum(
        (Decimal(row["sales_value"]) + Decimal(row["coupon_match_disc"]) for row in goods()),
        Decimal(0),
    )


def load(journey: Path, most: int | None = None) -> Any:
    return load_year(folder=journey, months=1, processes=1, most=most, out=StringIO())


# Reading


def test_every_line_with_units_is_read_and_costs_what_was_charged(journey: Path) -> None:
    baskets = list(GrocerySource(journey).baskets(before=FEBRUARY))
    lines = [line for basket in baskets for line in basket.lines]
    assert len(lines) == len(goods())
    assert sum((round(line.qty * line.unit_price, 2) for line in lines), Decimal(0)) == charged()
    assert all(line.qty > 0 and line.unit_price >= 0 for line in lines)


def test_entries_without_units_are_counted_and_left_out(journey: Path) -> None:
    entries, baskets = GrocerySource(journey).left_out(before=FEBRUARY)
    sold = {row["basket_id"] for row in goods()}
    assert entries == len(rows("transactions")) - len(goods()) > 0
    assert baskets == len({row["basket_id"] for row in rows("transactions")} - sold)


def test_fuel_is_counted_in_gallons(journey: Path) -> None:
    fuel = {row["product_id"] for row in rows("products") if "GASOLINE" in row["product_type"]}
    lines = [
        line
        for basket in GrocerySource(journey).baskets(before=FEBRUARY)
        for line in basket.lines
        if line.sku in fuel
    ]
    metered = [line for line in lines if line.qty != 1]
    assert metered
    assert all(1 < line.qty < 60 and 1 < line.unit_price < 4 for line in metered)


def test_every_redemption_is_handed_in_once_on_its_day(journey: Path) -> None:
    redeemed = {
        (basket.household, campaign, upc): basket.sold_at.date()
        for basket in GrocerySource(journey).baskets(before=FEBRUARY)
        for campaign, upc in basket.redeemed
    }
    expected = {
        (
            int(row["household_id"]),
            int(row["campaign_id"]),
            int(row["coupon_upc"]),
        ): date.fromisoformat(row["redemption_date"][:10])
        for row in rows("coupon_redemptions")
    }
    assert redeemed == expected


def test_a_coupon_is_worth_what_tills_took_off_for_it(journey: Path) -> None:
    offers = {
        (one.campaign, one.upc): one for one in GrocerySource(journey).coupons(before=FEBRUARY)
    }
    assert {(int(row["campaign_id"]), int(row["coupon_upc"])) for row in rows("coupons")} == set(
        offers
    )
    assert all(offer.value > 0 and offer.products for offer in offers.values())
    for row in rows("coupon_redemptions"):
        offer = offers[int(row["campaign_id"]), int(row["coupon_upc"])]
        assert int(row["household_id"]) in offer.held_by
        assert offer.first_day <= date.fromisoformat(row["redemption_date"][:10]) <= offer.last_day


def test_shards_share_households_and_keep_their_order(journey: Path) -> None:
    source = GrocerySource(journey)
    whole = list(source.baskets(before=FEBRUARY))
    parts = [list(source.baskets(before=FEBRUARY, shard=shard, shards=3)) for shard in range(3)]
    assert sorted(basket.id for part in parts for basket in part) == sorted(
        basket.id for basket in whole
    )
    homes = [{basket.household for basket in part} for part in parts]
    assert not homes[0] & homes[1]
    for part in parts:
        assert part == [basket for basket in whole if basket in part]
    first = list(source.baskets(before=FEBRUARY, most=30))
    assert first == whole[:30]


def test_a_folder_without_the_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GroceryDataMissing, match=r"products\.parquet"):
        GrocerySource(tmp_path)


# The calendar


def test_the_year_is_moved_by_whole_weeks_to_end_before_today() -> None:
    shift = shift_to_end_before(date(2026, 11, 22), date(2017, 12, 31))
    moved = shift.instant(datetime(2017, 12, 31, 12, tzinfo=NEW_YORK)).date()
    assert date(2026, 11, 15) <= moved < date(2026, 11, 22)
    assert moved.weekday() == date(2017, 12, 31).weekday()
    assert shift_of_start(shift.start_of(date(2017, 1, 1)), date(2017, 1, 1)) == shift


def test_the_clock_on_the_wall_stays_across_daylight_saving() -> None:
    for weeks in range(60):
        moved = (
            Shift(weeks).instant(datetime(2017, 3, 8, 23, 30, tzinfo=NEW_YORK)).astimezone(NEW_YORK)
        )
        assert (moved.hour, moved.minute) == (23, 30)
        assert moved.date() == date(2017, 3, 8) + timedelta(weeks=weeks)


# Loading and replaying


@pytest.mark.django_db
def test_a_replay_sells_every_basket_and_the_ledger_adds_up(journey: Path) -> None:
    year = load(journey)
    sold = {row["basket_id"] for row in goods()}
    assert year.replayed == year.outcome.baskets == Order.objects.count() == len(sold) == 200
    assert year.outcome.lines == OrderLine.objects.count() == len(goods())
    assert year.outcome.subtotal == charged()
    assert year.outcome.due == year.outcome.subtotal - year.outcome.discount
    assert year.outcome.points["earn"] > 0
    entered = year.outcome.codes_applied + sum(year.outcome.rejected.values())
    assert entered == len(rows("coupon_redemptions"))
    assert year.outcome.codes_applied > 0
    assert set(year.outcome.rejected) <= {"nothing_to_discount"}
    assert verify_ledger().flaw is None
    cards = LoyaltyCard.objects.aggregate(Sum("points"))["points__sum"]
    assert cards == sum(year.outcome.points.values())
    assert Product.objects.count() == len(
        {row["product_id"] for row in rows("products")} | {row["product_id"] for row in goods()}
    )
    households = {
        row["household_id"] for table in ("transactions", "campaigns") for row in rows(table)
    }
    assert Partner.objects.count() == len(households)
    assert PosConfig.objects.count() == len({row["store_id"] for row in goods()})


@pytest.mark.django_db
def test_a_replay_goes_on_where_it_stopped_and_ends_the_same(journey: Path) -> None:
    with transaction.atomic():
        whole = load(journey).outcome
        transaction.set_rollback(True)
    catalog_store.forget()
    assert load(journey, most=60).outcome.baskets == 60
    programs = PromotionProgram.objects.count()
    rest = load(journey)
    assert rest.replayed == 140
    assert rest.outcome == whole
    assert PromotionProgram.objects.count() == programs
    assert load(journey).replayed == 0


@pytest.mark.django_db
def test_members_redeem_as_soon_as_they_can(journey: Path) -> None:
    load(journey, most=1)
    source = GrocerySource(journey)
    shift = shift_to_end_before(timezone.now().date(), source.last_day())
    baskets = list(source.baskets(before=FEBRUARY))[1:]
    baskets_of = Counter(basket.household for basket in baskets)
    (home, _count), *_others = baskets_of.most_common()
    savings = Savings(program=CLUB, points=POINTS)
    redeemed = 0
    for basket in baskets:
        if basket.household == home:
            for moved in commit_basket(basket, shift, savings)["points"]:
                could = Decimal(moved["balance_before"]) >= POINTS_FOR_FIVE
                assert (Decimal(moved["spent"]) > 0) == could
                redeemed += could
    assert redeemed


@pytest.mark.django_db
def test_a_basket_is_committed_with_the_coupons_handed_in(journey: Path) -> None:
    load(journey, most=1)
    baskets = list(GrocerySource(journey).baskets(before=FEBRUARY))
    basket = next(one for one in baskets if one.redeemed)
    receipt = commit_basket(basket, Shift(0), Savings(program=CLUB, points=POINTS))
    assert [fate["code"] for fate in receipt["codes"]] == [
        coupon_code(campaign, upc, basket.household) for campaign, upc in basket.redeemed
    ]
    assert receipt["ref"] == order_ref(basket)
    assert (
        Order.objects.get(ref=receipt["ref"]).ordered_at.astimezone(NEW_YORK).replace(tzinfo=None)
        == basket.sold_at
    )


@pytest.mark.django_db
def test_the_command_ends_with_a_table_and_a_verified_ledger(journey: Path) -> None:
    out = StringIO()
    call_command("load_grocery_year", data=journey, months=1, processes=1, baskets=40, stdout=out)
    said = out.getvalue()
    assert "Baskets: 40 of 40 (100%)" in said
    assert "Baskets per second" in said
    assert "all add up" in said
    assert read_outcome(prefix=PREFIX, points=POINTS).baskets == 40


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "complaint"),
    [({"months": 13}, "1 to 12"), ({"data": Path("/nowhere")}, "not there")],
)
def test_the_command_refuses_what_cannot_be(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        call_command("load_grocery_year", stdout=StringIO(), **options)
    assert not Product.objects.exists()


@pytest.mark.django_db
def test_ctrl_c_says_how_to_go_on(journey: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(replaying, "commit_basket", stop)
    with pytest.raises(CommandError, match="Run it again") as stopped:
        call_command("load_grocery_year", data=journey, months=1, processes=1, stdout=StringIO())
    assert stopped.value.returncode == 130
    assert not Order.objects.exists()
