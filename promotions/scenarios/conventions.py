"""Where engines decide differently: what Punchcard does for each answer a scenario rests on.

A scenario names the answers it rests on in `depends_on`. Most have a setting or are what
Punchcard does anyway; the runner sets the setting, as a shop moving over would. The rest is
`BY_CHOICE`: Punchcard decides otherwise, on purpose, and says how.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from promotions.scenarios.schema import Scenario, ScenarioProgram, ScenarioRule

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FREE_UNITS_COME_ON_TOP: Final = "free_unit_is_extra"
ONE_ORDER_PERCENT: Final = "one_order_percent_best_wins"
BEST_PROMOTION_ONLY: Final = "best_promotion_only"
EXCLUSIVE_PROGRAM: Final = "exclusive_program"
PROGRAM_PRIORITY: Final = "program_priority"
OWN_REWARD_KEEPS_POINTS: Final = "own_reward_does_not_lower_points"
ROUND_DOWN: Final = "round_discount_down"
REWARDS_TOGETHER: Final = "several_rewards_of_one_program"
SAME_ORDER_POINTS: Final = "points_of_same_order_spendable"
ONCE_PER_ORDER: Final = "once_per_order"

BY_CHOICE: Final[dict[str, StrOrPromise]] = {
    "codes_in_entry_sequence": _("the order in which codes are entered changes nothing"),
    "order_discount_not_shared_into_category_points": _(
        "what a line is net of includes its share of every discount"
    ),
    "minimum_after_code_discounts": _("minimums count undiscounted prices"),
    "minimum_after_automatic_discounts": _("minimums count undiscounted prices"),
    "round_per_line": _("a reward is rounded once, and split by largest remainder"),
    "last_line_takes_rest": _("a reward is split by largest remainder"),
    "shared_fixed_taken_where_no_other_discount": _(
        "a reward is split in proportion to what is left of each line"
    ),
    "rewards_of_one_program_on_list_price": _("a reward takes off what the one before it left"),
}
_BEST_EXCLUSIVE = _(
    "of programs that exclude each other, the one that saves the customer most is given"
)
_TOP_UP_LATER = _("money put on an e-wallet can be spent from the next order on")

_ALONE = re.compile(r"(?<!not )(?<!non-)\b(exclusive|alone|no other)\b", re.IGNORECASE)


def choices_of(scenario: Scenario) -> list[StrOrPromise]:
    """Return what Punchcard does otherwise, of the answers the scenario rests on."""
    found = [BY_CHOICE[one] for one in scenario.depends_on if one in BY_CHOICE]
    if SAME_ORDER_POINTS in scenario.depends_on and any(
        program.program_type == "ewallet" for program in scenario.programs
    ):
        found.append(_TOP_UP_LATER)
    if {EXCLUSIVE_PROGRAM, PROGRAM_PRIORITY} <= set(scenario.depends_on):
        exclusive = [one for one in scenario.programs if stacking(scenario, one) == "exclusive"]
        if len(exclusive) > 1:
            found.append(_BEST_EXCLUSIVE)
    return found


def placement(scenario: Scenario) -> str:
    """Return where free units are found: on top of the cart, or in it."""
    return "extra" if FREE_UNITS_COME_ON_TOP in scenario.depends_on else "in_cart"


def discount_rounding(scenario: Scenario) -> str:
    """Return how the point of sale rounds a discount."""
    return "down" if ROUND_DOWN in scenario.depends_on else "half_up"


def earn_on(scenario: Scenario) -> str:
    """Return which amount money points count."""
    return "before_own_rewards" if OWN_REWARD_KEEPS_POINTS in scenario.depends_on else "paid"


def stacking(scenario: Scenario, program: ScenarioProgram) -> str:
    """Return whether others may be applied beside the program: the note says which may not.

    Where no note says so, all programs of such a scenario stand alone.
    """
    if EXCLUSIVE_PROGRAM not in scenario.depends_on:
        return "stackable"
    named = [one for one in scenario.programs if _ALONE.search(one.stacking_note or "")]
    return "exclusive" if program in (named or scenario.programs) else "stackable"


def exclusion_group(scenario: Scenario, program: ScenarioProgram) -> str | None:
    """Return the group of which one program is applied.

    Other engines let whole-order discounts add up, unless the scenario says that of several
    percentages one wins.
    """
    if BEST_PROMOTION_ONLY in scenario.depends_on:
        return "best"
    if ONE_ORDER_PERCENT in scenario.depends_on and any(
        reward.discount is not None
        and reward.discount.mode == "percent"
        and reward.discount.applies_to == "order"
        for reward in program.rewards
    ):
        return "order"
    return None


def points_of_rule(scenario: Scenario, program: ScenarioProgram, rule: ScenarioRule) -> Decimal:
    """Return the points a rule makes.

    Elsewhere a program that is met gives all its rewards. Here each reward has its price, so the
    rule makes enough points for all of them.
    """
    if REWARDS_TOGETHER not in scenario.depends_on or rule.reward_point_mode != "order":
        return rule.reward_point_amount
    all_together = sum((reward.required_points for reward in program.rewards), Decimal(0))
    return max(rule.reward_point_amount, all_together)


def most_sets(scenario: Scenario) -> int | None:
    """Return how many sets an order gets at the price of a set; None: as many as it holds."""
    return 1 if ONCE_PER_ORDER in scenario.depends_on else None


def counts(program: ScenarioProgram, rule: ScenarioRule) -> bool:
    """Tell whether a rule does anything.

    Elsewhere a gift card or e-wallet program that names no product sells none. Here such a rule
    would be refused: it would give back the price of every product.
    """
    names_products = rule.product_skus or rule.categories or rule.tags
    return bool(names_products) or program.program_type not in ("gift_card", "ewallet")


def sequence(scenario: Scenario, program: ScenarioProgram) -> int | None:
    """Return the program's place, where its author set priorities; None leaves it to the stage."""
    if PROGRAM_PRIORITY not in scenario.depends_on:
        return None
    return 10 * (scenario.programs.index(program) + 1)
