"""Programs as the API tells them: the draft, in the shape of the body that makes one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core import codec
from core.money import currency_digits
from core.numbers import plain
from loyalty.models import LoyaltyProgram, MembershipProduct
from promotions.definitions import read_definitions
from promotions.engine.definition import ProductFilter, Program, Rule
from promotions.models import Category, PosConfig, Product, PromotionProgram
from promotions.programs.currencies import read_store_currencies, settle_currency
from promotions.programs.mentions import Mentioned, mentioned
from promotions.programs.reward_answers import money, reward_answer
from promotions.programs.rows import store_window

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class References:
    """The caller's own strings for our ids, as far as the programs at hand need them."""

    products: Mapping[int, str]
    categories: Mapping[int, str]
    pos_configs: Mapping[int, str]
    levels: Mapping[int, str]
    loyalty_programs: Mapping[int, str]

    def filter(self, wanted: ProductFilter) -> Answer:
        """Return the fields of a product filter."""
        return {
            "products": sorted(self.products[key] for key in wanted.products),
            "categories": sorted(self.categories[key] for key in wanted.categories),
            "tags": sorted(wanted.tags),
        }


def program_answers(rows: Sequence[PromotionProgram]) -> list[Answer]:
    """Return programs as the API tells them, in the order given.

    A fixed number of statements, however many. `rows`: with current_version loaded.
    """
    drafts = read_definitions([row.pk for row in rows])
    references = _read_references(mentioned(drafts.values()))
    stores = read_store_currencies()
    return [_answer(row, drafts[row.pk], references, stores) for row in rows]


def _read_references(wanted: Mentioned) -> References:
    def read(rows: Any, keys: Iterable[int], column: str) -> dict[int, str]:
        return dict(rows.objects.filter(pk__in=keys).values_list("pk", column)) if keys else {}

    return References(
        products=read(Product, wanted.products, "sku"),
        categories=read(Category, wanted.categories, "path"),
        pos_configs=read(PosConfig, wanted.pos_configs, "ref"),
        levels=read(MembershipProduct, wanted.levels, "ref"),
        loyalty_programs=read(LoyaltyProgram, wanted.loyalty_programs, "ref"),
    )


def _answer(
    row: PromotionProgram, program: Program, references: References, stores: Mapping[int, str]
) -> Answer:
    settled = replace(program, currency=settle_currency(program, stores).currency)
    digits = money_digits(settled.currency, stores)
    points = program.loyalty_program_id
    version = row.current_version
    return {
        "id": row.pk,
        "ref": program.ref,
        "name": program.name,
        "program_type": program.program_type,
        "trigger": program.trigger,
        "applies_on": program.applies_on,
        "active": row.active,
        "state": row.state,
        "in_review": row.submitted_at is not None,
        "version": version.number if version else None,
        "unpublished_changes": _differs(settled, row),
        "loyalty_program": None if points is None else references.loyalty_programs[points],
        "currency": program.currency,
        "date_from": program.date_from,
        "date_to": program.date_to,
        "pos_configs": sorted(references.pos_configs[key] for key in program.pos_configs),
        "schedule": [store_window(one) for one in program.schedule] or None,
        "sequence": program.sequence,
        "stacking": program.stacking,
        "exclusion_group": program.exclusion_group,
        "limit_usage": program.limit_usage,
        "limit_per_partner": program.limit_per_partner,
        "budget": money(program.budget, digits),
        "pending_days": program.pending_days,
        "rules": [_rule(rule, references, digits) for rule in program.rules],
        "rewards": [reward_answer(one, references.filter, digits) for one in program.rewards],
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _differs(settled: Program, row: PromotionProgram) -> bool:
    """Tell whether publishing now would make a new version."""
    version = row.current_version
    if version is None:
        return row.state != "archived"
    return bool(codec.encode(replace(settled, version_id=version.pk)) != version.definition)


def _rule(rule: Rule, references: References, digits: int) -> Answer:
    return {
        "id": rule.id,
        "minimum_amount": money(rule.minimum_amount, digits),
        "minimum_qty": plain(rule.minimum_qty),
        **references.filter(rule.filter),
        "membership": None if rule.membership is None else references.levels[rule.membership],
        "reward_point_mode": rule.reward_point_mode,
        "reward_point_amount": plain(rule.reward_point_amount),
        "code": rule.code,
    }


def money_digits(currency: str | None, stores: Mapping[int, str]) -> int:
    """Return the decimals of a currency; of the stores' finest, if it is not known."""
    if currency is not None:
        return currency_digits(currency)
    return max((currency_digits(one) for one in stores.values()), default=2)
