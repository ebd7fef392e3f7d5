"""What a program does, said in one sentence: "Buy 2 of Coffee, get 1 free, Mon-Fri, until 31 Dec".

Made from the definition alone, so a draft, a published version and a version of last year are
all described by the same words. Names of products, categories and stores come in as data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from promotions import wording
from promotions.engine.definition import ProductFilter, Program, Reward, Rule
from promotions.engine.terms import (
    DiscountMode,
    PointMode,
    ProgramType,
    RewardType,
    Stacking,
)
from promotions.reward_phrases import phrase_reward


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id, of everything the described programs mention."""

    products: Mapping[int, str] = field(default_factory=dict)
    categories: Mapping[int, str] = field(default_factory=dict)
    pos_configs: Mapping[int, str] = field(default_factory=dict)
    levels: Mapping[int, str] = field(default_factory=dict)
    points: Mapping[int, str] = field(default_factory=dict)

    def of(self, wanted: ProductFilter) -> str:
        """Return the products that a filter matches, or nothing when it matches all."""
        names = [self.products.get(one, f"#{one}") for one in sorted(wanted.products)]
        names += [self.categories.get(one, f"#{one}") for one in sorted(wanted.categories)]
        names += [_("anything tagged “%(tag)s”") % {"tag": tag} for tag in sorted(wanted.tags)]
        return wording.one_of(names)


def describe_program(program: Program, names: Names) -> str:
    """Return one sentence, without a full stop, in the active language."""
    parts = [
        _HEADS.get(program.program_type, _plain_head)(program, names),
        *_levels(program, names),
        *(wording.window(one) for one in program.schedule),
        _stores(program, names),
        *_dates(program),
        *_limits(program),
    ]
    said = ", ".join(part for part in parts if part)
    return said[:1].upper() + said[1:]


def _rewards(program: Program, names: Names) -> str:
    """Return what the rewards give, one beside the other."""
    given = [phrase_reward(one, program.currency or "", names.of) for one in program.rewards]
    return f" {_('or')} ".join(given) or _("nothing yet")


def _plain_head(program: Program, names: Names) -> str:
    """Return the head of a program that is set in motion by the basket, with or without a code."""
    given = _rewards(program, names)
    codes = [rule.code for rule in program.rules if rule.code]
    conditions = _conditions(program, names)
    if codes:
        given = _("with the code %(code)s: %(reward)s") % {
            "code": wording.one_of(codes),
            "reward": given,
        }
    return " ".join(part for part in (given, conditions) if part)


def _conditions(program: Program, names: Names) -> str:
    """Return the conditions of the rules, each said once.

    That what is discounted must be in the basket goes without saying.
    """
    discounted = [_target(reward) for reward in program.rewards]
    said = dict.fromkeys(
        ""
        if rule.filter in discounted and not (rule.minimum_amount or rule.minimum_qty)
        else _condition(rule, program, names)
        for rule in program.rules
    )
    if "" in said:
        return ""
    return f" {_('or')} ".join(said)


def _target(reward: Reward) -> ProductFilter | None:
    """Return what the reward is taken off, if that is said by a filter."""
    part = reward.discount or reward.special_price or reward.steps
    return part.filter if part else None


def _condition(rule: Rule, program: Program, names: Names) -> str:
    """Return when a rule passes, as far as the basket is concerned."""
    what = names.of(rule.filter)
    facts = {
        "what": what,
        "qty": wording.number(rule.minimum_qty),
        "amount": wording.money(rule.minimum_amount, program.currency or ""),
    }
    if rule.minimum_amount and rule.minimum_qty:
        return (
            _("when %(qty)s or more of %(what)s are bought for %(amount)s or more") % facts
            if what
            else _("when %(qty)s or more items are bought for %(amount)s or more") % facts
        )
    if rule.minimum_amount:
        return (
            _("when %(what)s is bought for %(amount)s or more") % facts
            if what
            else _("on orders of %(amount)s or more") % facts
        )
    if rule.minimum_qty:
        return (
            _("when %(qty)s or more of %(what)s are bought") % facts
            if what
            else _("when %(qty)s or more items are bought") % facts
        )
    return _("when %(what)s is bought") % facts if what else ""


def _buy_x_get_y(program: Program, names: Names) -> str:
    """Return `Buy 2 of Coffee, get 1 free`; the general head if it is not of that simple form."""
    if len(program.rules) != 1 or len(program.rewards) != 1:
        return _plain_head(program, names)
    rule, reward = program.rules[0], program.rewards[0]
    if rule.reward_point_mode is not PointMode.UNIT or not rule.reward_point_amount:
        return _plain_head(program, names)
    needed = reward.required_points / rule.reward_point_amount
    what = names.of(rule.filter) or _("anything")
    facts = {
        "needed": wording.number(needed),
        "what": what,
        "reward": _same_product_free(rule, reward)
        or phrase_reward(reward, program.currency or "", names.of),
    }
    return _("buy %(needed)s of %(what)s, get %(reward)s") % facts


def _same_product_free(rule: Rule, reward: Reward) -> str:
    """Return `1 free` when what is given is what is bought, else nothing."""
    if reward.reward_type is not RewardType.PRODUCT or reward.product is None:
        return ""
    if {one.id for one in reward.product.products} != set(rule.filter.products):
        return ""
    return _("%(qty)s free") % {"qty": wording.number(reward.product.qty)}


def _loyalty(program: Program, names: Names) -> str:
    """Return how members earn and what they can buy with it."""
    earned = [_earning(rule, program, names) for rule in program.rules]
    parts = [_("members earn %(points)s") % {"points": wording.all_of(earned)}] if earned else []
    unit = names.points.get(program.loyalty_program_id or 0, _("points"))
    parts += [_bought_with_points(reward, program, names, unit) for reward in program.rewards]
    return "; ".join(parts) or _("nothing yet")


def _bought_with_points(reward: Reward, program: Program, names: Names, unit: str) -> str:
    """Return what points buy and how many it takes, unless each point counts by itself."""
    given = phrase_reward(reward, program.currency or "", names.of)
    if _is_per_point(reward):
        return given
    facts = {"points": wording.number(reward.required_points), "unit": unit, "reward": given}
    return _("%(points)s %(unit)s buy %(reward)s") % facts


def _is_per_point(reward: Reward) -> bool:
    return reward.discount is not None and reward.discount.mode is DiscountMode.PER_POINT


def _earning(rule: Rule, program: Program, names: Names) -> str:
    """Return what one rule earns: `1 point for every $1.00 spent on Coffee`."""
    amount = rule.reward_point_amount
    spent = 1
    if rule.reward_point_mode is PointMode.MONEY and 0 < amount < 1 and 1 / amount % 1 == 0:
        spent, amount = int(1 / amount), amount / amount
    facts = {
        "points": ngettext("%(count)s point", "%(count)s points", int(amount) if amount == 1 else 2)
        % {"count": wording.number(amount)},
        "spent": wording.money(amount.__class__(spent), program.currency or ""),
        "what": names.of(rule.filter),
    }
    conditions = _condition(rule, program, names) if rule.minimum_amount or rule.minimum_qty else ""
    if rule.reward_point_mode is PointMode.MONEY:
        said = (
            _("%(points)s for every %(spent)s spent on %(what)s")
            if facts["what"] and not conditions
            else _("%(points)s for every %(spent)s spent")
        )
    elif rule.reward_point_mode is PointMode.UNIT:
        said = (
            _("%(points)s for each %(what)s")
            if facts["what"] and not conditions
            else _("%(points)s for each item")
        )
    else:
        said = _("%(points)s per order")
    return " ".join(part for part in (said % facts, conditions) if part)


def _coupons(program: Program, names: Names) -> str:
    """Return what a coupon gives and when it may be used."""
    given = _("with a coupon: %(reward)s") % {"reward": _rewards(program, names)}
    return " ".join(part for part in (given, _conditions(program, names)) if part)


def _next_order(program: Program, names: Names) -> str:
    """Return which order makes the coupon and what the coupon gives."""
    given = _("a coupon for the next order: %(reward)s") % {"reward": _rewards(program, names)}
    return " ".join(part for part in (given, _conditions(program, names)) if part)


def _referral(program: Program, names: Names) -> str:
    return _("a new customer with a friend's code gets %(reward)s, and the friend is thanked") % {
        "reward": _rewards(program, names)
    }


def _gift_card(_program: Program, _names: Names) -> str:
    return _("a gift card pays as much of the order as is left on it")


def _ewallet(_program: Program, _names: Names) -> str:
    return _("members pay from their e-wallet")


_HEADS: Mapping[ProgramType, Callable[[Program, Names], str]] = {
    ProgramType.BUY_X_GET_Y: _buy_x_get_y,
    ProgramType.LOYALTY: _loyalty,
    ProgramType.COUPONS: _coupons,
    ProgramType.NEXT_ORDER_COUPONS: _next_order,
    ProgramType.REFERRAL: _referral,
    ProgramType.GIFT_CARD: _gift_card,
    ProgramType.EWALLET: _ewallet,
}


def _levels(program: Program, names: Names) -> list[str]:
    """Return for which level of members, when every rule names one."""
    wanted = {rule.membership for rule in program.rules if rule.membership is not None}
    if not wanted or any(rule.membership is None for rule in program.rules):
        return []
    levels = [names.levels.get(one, f"#{one}") for one in sorted(wanted)]
    return [_("for %(levels)s members") % {"levels": wording.one_of(levels)}]


def _stores(program: Program, names: Names) -> str:
    if not program.pos_configs:
        return _("at all stores")
    stores = [names.pos_configs.get(one, f"#{one}") for one in sorted(program.pos_configs)]
    return _("at %(stores)s") % {"stores": wording.stores(stores)}


def _dates(program: Program) -> list[str]:
    """Return the first and the last day, where there are any."""
    said = []
    if program.date_from:
        said.append(_("from %(day)s") % {"day": wording.day(program.date_from)})
    if program.date_to:
        said.append(_("until %(day)s") % {"day": wording.day(program.date_to)})
    return said


def _limits(program: Program) -> list[str]:
    """Return the limits, and that it stands alone if it does."""
    said = []
    if program.limit_per_partner:
        said.append(
            ngettext(
                "once per member",
                "%(count)s times per member",
                program.limit_per_partner,
            )
            % {"count": program.limit_per_partner}
        )
    if program.limit_usage:
        said.append(
            ngettext("once in all", "%(count)s times in all", program.limit_usage)
            % {"count": program.limit_usage}
        )
    if program.budget:
        said.append(
            _("up to %(amount)s in all")
            % {"amount": wording.money(program.budget, program.currency or "")}
        )
    if program.stacking is Stacking.EXCLUSIVE:
        said.append(_("not with other offers"))
    return said
