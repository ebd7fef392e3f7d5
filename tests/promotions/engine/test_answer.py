"""A decision as JSON: each field by its name, ids by what they are called, numbers as strings."""

from __future__ import annotations

from decimal import Decimal

from core import codec
from promotions.engine.answer import Names, write_answer
from promotions.engine.decision import (
    AppliedReward,
    CardPoints,
    Claimable,
    CodeFate,
    Decision,
    FreeItem,
    Hint,
    LineResult,
    Payment,
    ProgramTrace,
    Share,
    TraceStep,
)
from promotions.engine.terms import CodeStatus, Outcome, Reason, RewardType
from tests.promotions.engine.shop import cart, line, percent, program

D = Decimal
SPRING = program(percent(10), id=41, name="Spring")
CLUB = program(percent(5), id=42, name="Club")
NAMES = Names(
    programs={41: SPRING, 42: CLUB},
    points_refs={7: "stars"},
    card_codes={70: "STAR-70", 80: "GIFT-80"},
    describe=lambda program_id, reward_id: f"reward {reward_id} of program {program_id}",
)
CART = cart(line(1, "2.50", "3.5", "a"), line(2, 1, "0.0125", "b"))
DECISION = Decision(
    currency="USD",
    catalog_version=9,
    subtotal=D("8.76"),
    discount_total=D("2.50"),
    total=D("6.26"),
    amount_due=D("1.26"),
    lines=(
        LineResult("b", D("0.01"), D("0.00"), D("0.01")),
        LineResult("a", D("8.75"), D("2.50"), D("6.25")),
    ),
    rewards=(
        AppliedReward(
            41, 410, 3, RewardType.DISCOUNT, D("2.00"), D("1.50"), 1, (Share("a", D("2.00")),)
        ),
        AppliedReward(
            42, 420, 4, RewardType.SPECIAL_PRICE, D("0.50"), D(20), 1, (Share("a", D("0.50")),), 70
        ),
    ),
    payments=(Payment(42, 420, 6, 80, D("5.00"), D("5.00")),),
    free_items=(FreeItem(41, 3, 1, "P1", D("2.0")),),
    points=(
        CardPoints(42, 7, 70, D("30.0"), D("6.25"), D(20), D("16.25")),
        CardPoints(42, 8, None, D(0), D(1), D(0), D(1)),
    ),
    codes=(
        CodeFate("SPRING", CodeStatus.APPLIED, None, 41),
        CodeFate("nope", CodeStatus.REJECTED, Reason.UNKNOWN),
    ),
    claimable=(Claimable(42, 5, D("10.00"), D("16.25"), ("P1", "P2"), 70),),
    hints=(
        Hint(41, Reason.BELOW_MINIMUM_AMOUNT, missing_amount=D("2.40")),
        Hint(42, Reason.BELOW_MINIMUM_QTY, missing_qty=D("1.50")),
    ),
    refused_claims=(Hint(42, Reason.NOT_ENOUGH_POINTS, reward_id=4),),
    optimal=False,
    trace=(
        ProgramTrace(
            41, 410, Outcome.APPLIED, points=D(1),
            steps=(TraceStep(41, 3, "percent", D(20), D(10), D(2), D(2), D(1)),),
        ),
    ),
)  # fmt: skip
LINES = [
    {
        "line_id": "a",
        "sku": "P1",
        "qty": "2.5",
        "unit_price": "3.50",
        "subtotal": "8.75",
        "discount": "2.50",
        "total": "6.25",
        "discounts": [
            {"program": 41, "reward": 3, "amount": "2.00"},
            {"program": 42, "reward": 4, "amount": "0.50"},
        ],
    },
    {
        "line_id": "b",
        "sku": "P2",
        "qty": "1",
        "unit_price": "0.0125",
        "subtotal": "0.01",
        "discount": "0.00",
        "total": "0.01",
        "discounts": [],
    },
]
REWARDS = [
    {
        "program": 41,
        "program_name": "Spring",
        "reward": 3,
        "reward_type": "discount",
        "description": "reward 3 of program 41",
        "amount": "2.00",
        "points_cost": "1.5",
        "card": None,
    },
    {
        "program": 42,
        "program_name": "Club",
        "reward": 4,
        "reward_type": "special_price",
        "description": "reward 4 of program 42",
        "amount": "0.50",
        "points_cost": "20",
        "card": "STAR-70",
    },
]
POINTS = [
    {
        "loyalty_program": "stars",
        "card": "STAR-70",
        "balance_before": "30",
        "earned": "6.25",
        "spent": "20",
        "balance_after": "16.25",
    },
    {
        "loyalty_program": None,
        "card": None,
        "balance_before": "0",
        "earned": "1",
        "spent": "0",
        "balance_after": "1",
    },
]
ANSWER = {
    "ref": "R-1",
    "status": "paid",
    "currency": "USD",
    "subtotal": "8.76",
    "discount_total": "2.50",
    "total": "6.26",
    "lines": LINES,
    "rewards": REWARDS,
    "free_items": [{"program": 41, "reward": 3, "sku": "P1", "qty": "2"}],
    "points": POINTS,
    "codes": [
        {"code": "SPRING", "status": "applied", "reason": None, "program": 41},
        {"code": "nope", "status": "rejected", "reason": "unknown", "program": None},
    ],
    "claimable": [
        {
            "program": 42,
            "program_name": "Club",
            "reward": 5,
            "description": "reward 5 of program 42",
            "required_points": "10",
            "available_points": "16.25",
            "products": ["P1", "P2"],
        }
    ],
    "refused_claims": [{"program": 42, "program_name": "Club", "reason": "not_enough_points"}],
    "hints": [
        {
            "program": 41,
            "program_name": "Spring",
            "reason": "below_minimum_amount",
            "missing_amount": "2.40",
        },
        {
            "program": 42,
            "program_name": "Club",
            "reason": "below_minimum_qty",
            "missing_qty": "1.5",
        },
    ],
    "coupons_issued": [],
    "payments": [
        {"program": 42, "reward": 6, "card": "GIFT-80", "amount": "5.00", "points": "5"}
    ],
    "amount_due": "1.26",
    "optimal": False,
    "catalog_version": 9,
}  # fmt: skip


def test_every_part_of_a_decision_is_written_under_its_name():
    assert write_answer(CART, DECISION, NAMES, ref="R-1", status="paid") == ANSWER


def test_the_trace_is_added_when_it_is_asked_for():
    answer = write_answer(CART, DECISION, NAMES, ref=None, status="quoted", explain=True)
    assert answer == ANSWER | {
        "ref": None,
        "status": "quoted",
        "trace": codec.encode(DECISION.trace),
    }
    assert answer["trace"][0]["steps"][0]["operation"] == "percent"


def test_asked_for_where_there_is_none_the_trace_is_empty():
    bare = Decision("USD", 1, D(0), D(0), D(0), D(0), ())
    answer = write_answer(cart(), bare, NAMES, ref=None, status="quoted", explain=True)
    assert answer["trace"] == []
    assert answer["lines"] == answer["rewards"] == answer["payments"] == []
    assert answer["optimal"] is True
