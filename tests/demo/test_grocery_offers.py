"""Real baskets under fifty programs of every type: all rules hold, and twice is the same."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from demo import programs
from demo.groceries import stocking
from demo.groceries.check import check_rules
from demo.groceries.offers import MOST, PREFIX
from demo.groceries.year import GroceryYear, load_year
from loyalty.models import LoyaltyCard
from promotions import catalog_store
from promotions.engine.terms import ProgramType, RewardType
from promotions.models import (
    AppliedReward,
    Coupon,
    Order,
    OrderPoints,
    OrderReturn,
    ProgramUsage,
    PromotionProgram,
    Referral,
)
from promotions.programs.body import ProgramInput
from promotions.services.save_program import save_program
from tests.browser.people import make_user

pytestmark = pytest.mark.django_db


def load(journey: Path, most: int | None = None) -> GroceryYear:
    return load_year(
        folder=journey, months=1, processes=1, out=StringIO(), own_offers=MOST, most=most
    )


def broken() -> dict[str, Any]:
    return {one.rule: one.first for one in check_rules() if one.found}


def test_every_type_is_used_and_a_broken_rule_is_named(journey: Path) -> None:
    load(journey)
    own = PromotionProgram.objects.filter(ref__startswith=PREFIX, state="published")
    assert own.count() == MOST
    assert {one.program_type for one in own} | {"coupons"} == {one.value for one in ProgramType}
    types = set(AppliedReward.objects.values_list("program__program_type", flat=True))
    assert types >= {"promotion", "buy_x_get_y", "promo_code", "coupons", "referral", "loyalty"}
    assert OrderPoints.objects.filter(kind="issue").exists()
    assert OrderPoints.objects.filter(program__program_type="ewallet", kind="earn").exists()
    given = set(AppliedReward.objects.values_list("reward_type", flat=True))
    assert given == {one.value for one in RewardType}
    assert Referral.objects.exists()
    assert Coupon.objects.filter(issued_by__isnull=False, points=0).exists()
    assert ProgramUsage.objects.filter(times__gt=0).exists()
    assert OrderReturn.objects.exists()
    assert broken() == {}
    break_rules(journey)


@pytest.mark.skipif(
    os.environ.get("HYPOTHESIS_PROFILE") != "nightly", reason="two loads; in the nightly profile"
)
def test_twice_into_an_empty_database_is_the_same(journey: Path) -> None:
    """Though every code is another: nothing depends on how it is spelled."""
    outcomes, balances = [], []
    for _ in range(2):
        with transaction.atomic():
            outcomes.append(load(journey, most=60).outcome)
            balances.append(
                sorted(
                    LoyaltyCard.objects.exclude(partner=None).values_list(
                        "partner__ref", "loyalty_program__ref", "points"
                    )
                )
            )
            transaction.set_rollback(True)
        catalog_store.forget()
    assert outcomes[0] == outcomes[1]
    assert balances[0] == balances[1]


def break_rules(journey: Path) -> None:
    """Change rows behind the services' back: each is found, and the command says so."""
    order = Order.objects.filter(discount_total__gt=0, status="committed").first()
    assert order is not None
    order.lines.filter(line_id="1").update(total=-1)
    ProgramUsage.objects.filter(times__gt=0).update(times=1_000_000)
    found = broken()
    assert set(found) >= {
        "A line or total is below zero",
        "Lines do not add up to the order",
        "A limit or a budget is exceeded",
        "A counter is not the orders it counted",
        "An order decided again differs",
    }
    assert found["Lines do not add up to the order"] == order.ref
    with pytest.raises(CommandError, match="violations"):
        call_command(
            "load_grocery_year",
            *("--months", "1", "--with-programs", str(MOST), "--check", "--processes", "1"),
            data=journey,
            stdout=StringIO(),
        )


def test_a_load_that_was_stopped_while_programs_were_made_goes_on(
    journey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drafts that were saved are published, and coupons not mailed yet are mailed."""

    def stop(**_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as stopped:
        stopped.setattr(programs, "publish_programs", stop)
        with pytest.raises(KeyboardInterrupt):
            load(journey, most=3)
    with monkeypatch.context() as stopped:
        stopped.setattr(stocking, "issue_coupons", stop)
        with pytest.raises(KeyboardInterrupt):
            load(journey, most=3)
    assert not Coupon.objects.exists()
    year = load(journey, most=3)
    assert year.outcome.baskets == 3
    assert not PromotionProgram.objects.exclude(state="published").exists()
    coupons = PromotionProgram.objects.filter(program_type="coupons", ref__regex=r"^journey-\d")
    assert coupons.exists()
    assert not coupons.filter(coupons=None).exists()


def test_a_draft_that_somebody_works_on_is_left_alone(journey: Path) -> None:
    load(journey, most=1)
    program = PromotionProgram.objects.get(ref=f"{PREFIX}1")
    drawn = {"ref": "mine", "name": "Mine", "program_type": "promotion", "rewards": []}
    assert programs.ensure_programs([], at=program.created_at) == {}
    maya = make_user("maya", group="marketing")
    saved = save_program(
        program_id=None,
        data=msgspec.convert(drawn, ProgramInput),
        edited_by=maya.pk,
        at=program.created_at,
    )
    assert programs.ensure_programs([drawn], at=program.created_at) == {}
    assert PromotionProgram.objects.get(pk=saved.program_id).state == "draft"
