"""Returns: whatever the sequence of partial returns, the sums end as one full return ends."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from promotions.orders.returns import LineState, Movement, plan_proportional

CENTS = st.integers(0, 50_000).map(lambda cents: Decimal(cents) / 100)
LINES = st.lists(st.tuples(st.integers(1, 7), CENTS), min_size=1, max_size=5)
POINTS = st.integers(0, 100_000).map(lambda hundredths: Decimal(hundredths) / 100)


@given(LINES, POINTS, POINTS, st.data())
def test_any_sequence_of_partial_returns_ends_as_one_full_return(sold, earned, spent, data):
    lines = {
        str(place): LineState(str(place), Decimal(qty), paid, Decimal(0), Decimal(0), Decimal(0))
        for place, (qty, paid) in enumerate(sold)
    }
    weights = {
        key: Decimal(weight)
        for key, weight in data.draw(
            st.dictionaries(st.sampled_from(sorted(lines)), st.integers(0, 9))
        ).items()
    }
    moved = {1: ("earn", earned), 2: ("spend", spent)}
    undone = {1: Decimal(0), 2: Decimal(0)}
    steps = 0
    while any(line.returned < line.qty for line in lines.values()):
        steps += 1
        step = {
            key: data.draw(st.integers(0, int(line.qty - line.returned)), label=f"back {key}")
            for key, line in lines.items()
        }
        if not any(step.values()):
            first = next(key for key, line in lines.items() if line.returned < line.qty)
            step[first] = 1
        lines = {
            key: LineState(
                key,
                line.qty,
                line.paid,
                line.returned + step[key],
                line.returned,
                line.refunded_before,
            )
            for key, line in lines.items()
        }
        movements = tuple(
            Movement(key, 7, 1, kind, amount, undone[key], undone[key], 2, weights)
            for key, (kind, amount) in moved.items()
        )
        plan = plan_proportional(lines, movements, {7: weights}, digits=2)
        assert all(part >= 0 for part in (*plan.refunds.values(), *plan.undo.values()))
        undone = {key: undone[key] + part for key, part in plan.undo.items()}
        lines = {
            key: LineState(
                key,
                line.qty,
                line.paid,
                line.returned,
                line.returned,
                line.refunded_before + plan.refunds.get(key, Decimal(0)),
            )
            for key, line in lines.items()
        }
        assert all(line.refunded_before <= line.paid for line in lines.values())
    assert {key: line.refunded_before for key, line in lines.items()} == {
        str(place): paid for place, (_, paid) in enumerate(sold)
    }
    assert undone == {1: earned, 2: spent}
    assert plan.gone == {7}


def test_one_of_three_units_gives_back_a_third_to_the_cent():
    sold = LineState("1", Decimal(3), Decimal("10.00"), Decimal(1), Decimal(0), Decimal(0))
    plan = plan_proportional({"1": sold}, (), {}, digits=2)
    assert plan.refunds == {"1": Decimal("3.33")}
    second = LineState("1", Decimal(3), Decimal("10.00"), Decimal(2), Decimal(1), Decimal("3.33"))
    assert plan_proportional({"1": second}, (), {}, digits=2).refunds == {"1": Decimal("3.34")}
    third = LineState("1", Decimal(3), Decimal("10.00"), Decimal(3), Decimal(2), Decimal("6.67"))
    assert plan_proportional({"1": third}, (), {}, digits=2).refunds == {"1": Decimal("3.33")}
