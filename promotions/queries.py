"""Reads worth a name: what a quote needs, in as few statements as the facts have homes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.db import prepared_cursor
from loyalty.queries import same_person
from promotions.engine.wallet import CouponFacts, ReferralFacts, UsageFacts
from promotions.orders.cart_reading import ProductRow

_PRODUCTS = """
SELECT s.version, p.id, p.sku, p.price, c.lineage, p.tags
FROM promotions_catalogstate s
LEFT JOIN promotions_product p ON p.sku = ANY(%s) AND (p.active OR %s)
LEFT JOIN promotions_category c ON c.id = p.category_id
"""
_COUPONS_AND_USAGE = """
SELECT
  (SELECT json_agg(json_build_array(id, code, code_key, program_id, points::text, partner_id,
                                    expires_at, withdrawn_at IS NOT NULL))
   FROM promotions_coupon WHERE code_key = ANY(%(keys)s)),
  (SELECT json_agg(json_build_array(program_id, times, amount::text))
   FROM promotions_programusage WHERE program_id = ANY(%(limited)s)),
  (SELECT json_agg(json_build_array(program_id, times))
   FROM promotions_partnerusage
   WHERE partner_id = %(partner)s AND program_id = ANY(%(limited)s))
"""
_REFERRALS = """
SELECT c.code_key, c.code, c.partner_id,
       EXISTS (SELECT 1 FROM promotions_order o
               WHERE o.partner_id = %(partner)s AND o.status NOT IN ('cancelled', 'returned'))
FROM promotions_referralcode c WHERE c.code_key = ANY(%(keys)s)
"""


def read_products(
    skus: Sequence[str], *, withdrawn: bool = False
) -> tuple[int, dict[str, ProductRow]]:
    """Return the catalog version in force and the active products by SKU, in one statement.

    `withdrawn`: those that are no longer active too, for what was sold when they were.
    """
    with prepared_cursor() as cursor:
        cursor.execute(_PRODUCTS, (list(skus), withdrawn))
        rows = cursor.fetchall()
    found = {
        sku: ProductRow(key, sku, price, frozenset(lineage or ()), frozenset(tags))
        for _, key, sku, price, lineage, tags in rows
        if key is not None
    }
    return (rows[0][0] if rows else 0), found


@dataclass(frozen=True, slots=True)
class CouponsAndUsage:
    """Coupons by normalised code, and what is gone of the limits, by program id."""

    coupons: Mapping[str, CouponFacts]
    usage: Mapping[int, UsageFacts]


NO_COUPONS_OR_USAGE = CouponsAndUsage({}, {})


def read_coupons_and_usage(
    *, code_keys: Collection[str], limited: Collection[int], partner_id: int | None
) -> CouponsAndUsage:
    """Return the coupons behind codes and the counters of limited programs, in one statement.

    No statement at all when there is nothing to ask.
    """
    if not code_keys and not limited:
        return NO_COUPONS_OR_USAGE
    with prepared_cursor() as cursor:
        cursor.execute(
            _COUPONS_AND_USAGE,
            {"keys": list(code_keys), "limited": list(limited), "partner": partner_id},
        )
        coupons, totals, by_partner = cursor.fetchone()
    used_by_partner: dict[int, int] = dict(_rows(by_partner))
    usage = {
        program: UsageFacts(times, used_by_partner.pop(program, 0), Decimal(amount))
        for program, times, amount in _rows(totals)
    }
    usage.update({p: UsageFacts(times_by_partner=n) for p, n in used_by_partner.items()})
    return CouponsAndUsage(
        coupons={row[2]: _coupon(row) for row in _rows(coupons)},
        usage=usage,
    )


def _rows(aggregated: list[Any] | None) -> list[Any]:
    """Return the rows of a json_agg, which is NULL when there are none."""
    return aggregated or []


def _coupon(row: Sequence[Any]) -> CouponFacts:
    key, code, _, program, points, partner, expires_at, withdrawn = row
    return CouponFacts(
        id=key,
        code=code,
        program_id=program,
        points=Decimal(points),
        partner_id=partner,
        expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
        withdrawn=withdrawn,
    )


@dataclass(frozen=True, slots=True)
class ReferralsRead:
    """Referral codes by key, and whether the customer is no longer a new one."""

    by_key: Mapping[str, ReferralFacts]
    has_ordered_before: bool = False


NO_REFERRALS = ReferralsRead({})


def read_referrals(*, code_keys: Collection[str], partner_id: int | None) -> ReferralsRead:
    """Return the referral codes among these keys, and what this customer is to their owners.

    An order that was called off, or came back whole, does not count as one. At most two
    statements.
    """
    with prepared_cursor() as cursor:
        cursor.execute(_REFERRALS, {"keys": list(code_keys), "partner": partner_id})
        rows = cursor.fetchall()
    if not rows:
        return NO_REFERRALS
    same = same_person(partner_id, {row[2] for row in rows}) if partner_id is not None else set()
    facts = {key: ReferralFacts(code, owner, owner in same) for key, code, owner, _ in rows}
    return ReferralsRead(facts, has_ordered_before=rows[0][3])
