"""What a program may not say (contradictions), and what it must say to be published (gaps).

Both look at the definition alone, so a body that is sent, rows that staff edited in the admin
and a program that is about to be published are held to the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core import codes
from core.sentences import sentence as _
from promotions.engine.definition import Program, Rule
from promotions.engine.terms import (
    AppliesOn,
    AppliesTo,
    DiscountMode,
    PointMode,
    ProgramType,
    RewardType,
    Stacking,
    Trigger,
)
from promotions.programs.faults import (
    NOT_NEGATIVE,
    POSITIVE,
    QTY_NOT_NEGATIVE,
    Fault,
    number_fault,
)
from promotions.programs.reward_checks import reward_contradictions

MAX_CODE = 64


def contradictions(program: Program) -> list[Fault]:
    """Return everything in the program that cannot be meant. Rules and rewards are numbered
    in their order.
    """
    faults = [*_of_program(program)]
    for index, rule in enumerate(program.rules):
        faults += _of_rule(program, rule, f"/rules/{index}")
    for index, reward in enumerate(program.rewards):
        pointer = f"/rewards/{index}"
        faults += reward_contradictions(reward, pointer)
        if program.is_payment and not _pays(program, index):
            detail = _("A gift card or e-wallet pays: its reward is a per_point discount on order.")
            faults.append(Fault(pointer, "payment_reward_required", detail))
    return faults


def gaps(program: Program) -> list[Fault]:
    """Return what the program still needs before it can be in force.

    Also points finer than its loyalty program keeps: those terms are the loyalty program's, and
    may have changed since the draft was saved.
    """
    return [*_gaps(program), *_points_too_fine(program)]


def uses_money(program: Program) -> bool:
    """Tell whether the program holds amounts, so that it belongs to one currency."""
    if program.budget is not None:
        return True
    if any(
        rule.minimum_amount or (rule.reward_point_mode is PointMode.MONEY) for rule in program.rules
    ):
        return True
    for reward in program.rewards:
        discount, steps = reward.discount, reward.steps
        if discount and (discount.mode is not DiscountMode.PERCENT or discount.max_amount):
            return True
        if reward.special_price or reward.special_set:
            return True
        if steps and steps.by == "amount" and any(step.threshold for step in steps.steps):
            return True
    return False


def _of_program(program: Program) -> Iterator[Fault]:
    if program.ref is not None and program.ref.isdigit():
        yield Fault("/ref", "invalid", _("Digits alone look like an id; put a letter in front."))
    if program.date_from and program.date_to and program.date_to < program.date_from:
        yield Fault("/date_to", "ends_before_start", _("The end lies before the start."))
    if program.budget is not None:
        fault = number_fault("/budget", program.budget, POSITIVE)
        if fault:
            yield fault
    if program.is_payment and program.stacking is Stacking.EXCLUSIVE:
        detail = _("A gift card or e-wallet pays for any order; it cannot be exclusive.")
        yield Fault("/stacking", "payment_not_exclusive", detail)
    if program.is_payment and program.exclusion_group is not None:
        detail = _("A gift card or e-wallet pays for any order; it belongs to no group.")
        yield Fault("/exclusion_group", "payment_not_exclusive", detail)


def _of_rule(program: Program, rule: Rule, pointer: str) -> Iterator[Fault]:
    numbers = (
        ("minimum_amount", rule.minimum_amount, NOT_NEGATIVE),
        ("minimum_qty", rule.minimum_qty, QTY_NOT_NEGATIVE),
        ("reward_point_amount", rule.reward_point_amount, NOT_NEGATIVE),
    )
    for name, number, allowed in numbers:
        fault = number_fault(f"{pointer}/{name}", number, allowed)
        if fault:
            yield fault
    # Upper case can be longer than what was typed.
    if rule.code is not None and not 1 <= len(codes.normalise(rule.code)) <= MAX_CODE:
        detail = _("A code has 1 to 64 characters, not only spaces and dashes.")
        yield Fault(f"{pointer}/code", "invalid", detail)
    matches_all = not (rule.filter.products or rule.filter.categories or rule.filter.tags)
    if program.is_payment and matches_all and _gives_all_back(program, rule):
        detail = _(
            "Every product would be given back in full. Name the products that are sold as "
            "gift card or top-up."
        )
        yield Fault(f"{pointer}/products", "filter_required", detail)


def _gives_all_back(program: Program, rule: Rule) -> bool:
    if rule.reward_point_mode is not PointMode.MONEY:
        return False
    worth = max(
        (reward.discount.value for reward in program.rewards if reward.discount),
        default=Decimal(1),
    )
    return rule.reward_point_amount * worth >= 1


def _pays(program: Program, index: int) -> bool:
    discount = program.rewards[index].discount
    return (
        discount is not None
        and discount.mode is DiscountMode.PER_POINT
        and discount.applies_to is AppliesTo.ORDER
    )


def _gaps(program: Program) -> Iterator[Fault]:
    has_codes = any(rule.code for rule in program.rules)
    if program.program_type is ProgramType.PROMO_CODE and not has_codes:
        detail = _("Give a rule the code that customers enter.")
        yield Fault("/rules/0/code", "required", detail)
    collects = program.program_type is ProgramType.LOYALTY
    if not program.rewards and not collects:
        yield Fault("/rewards", "required", _("Add a reward: what do customers get?"))
    by_itself = program.trigger is Trigger.AUTO and not program.is_payment
    # Points of a loyalty program may be given by other means, and only be spent here.
    if not program.rules and by_itself and not collects:
        detail = _("Add a rule: what sets the program in motion?")
        yield Fault("/rules", "required", detail)
    if program.rules and by_itself and not any(r.reward_point_amount for r in program.rules):
        detail = _("No rule makes a point, so no reward could ever be reached.")
        yield Fault("/rules/0/reward_point_amount", "required", detail)
    needs_points = (
        collects
        or program.is_payment
        or program.applies_on is AppliesOn.BOTH
        or any(reward.reward_type is RewardType.POINT for reward in program.rewards)
    )
    # A referral counts for two customers without a card; only its bonus points need one.
    if program.program_type is ProgramType.REFERRAL:
        needs_points = any(r.reward_type is RewardType.POINT for r in program.rewards)
    if needs_points and program.loyalty_program_id is None:
        detail = _("Name the loyalty program whose points are moved.")
        yield Fault("/loyalty_program", "required", detail)


def _points_too_fine(program: Program) -> Iterator[Fault]:
    """Refuse to move parts of points that a card cannot hold."""
    if program.loyalty_program_id is None:
        return
    spends = program.applies_on is AppliesOn.BOTH or program.is_payment
    made: list[tuple[str, Decimal]] = []
    for index, rule in enumerate(program.rules):
        # Points by unit or by money are rounded down with the quantity or the amount; those of an
        # order, or on each gift card, are meant as they are.
        by_card = program.program_type is ProgramType.GIFT_CARD
        fixed = (PointMode.ORDER, PointMode.UNIT) if by_card else (PointMode.ORDER,)
        if spends and rule.reward_point_mode in fixed:
            made.append((f"/rules/{index}/reward_point_amount", rule.reward_point_amount))
    for index, reward in enumerate(program.rewards):
        if spends:
            made.append((f"/rewards/{index}/required_points", reward.required_points))
        if reward.points and reward.points.amount is not None:
            made.append((f"/rewards/{index}/points/amount", reward.points.amount))
    detail = _("The loyalty program keeps %(digits)s decimals of a point.")
    for pointer, points in made:
        if points != round(points, program.point_decimals):
            yield Fault(pointer, "too_precise", detail % {"digits": program.point_decimals})
