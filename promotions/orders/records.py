"""Writing what was decided: the order, its lines, its rewards and their shares.

By hand, as a commit is a hot path: an order with many rewards has hundreds of shares, and one
statement that reads all of them from JSON costs a small part of as many model instances.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import orjson
from django.utils.translation import get_language

from core.db import prepared_cursor
from promotions.descriptions import describe_reward
from promotions.engine.decision import Decision
from promotions.offline.charge import Charge
from promotions.offline.sale import OfflineSale
from promotions.orders.intake import Intake
from promotions.orders.receipt import Receipt
from promotions.orders.request import OrderRequest

_ORDER = """
WITH sold AS (
  INSERT INTO promotions_order (
    ref, request_digest, status, pos_config_id, partner_id, ordered_at, currency, subtotal,
    discount_total, total, amount_due, decided_total, refund_total, optimal, catalog_version,
    evaluation, created_by_id)
  VALUES (%s, %s, 'committed', %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s, %s, %s::jsonb, %s)
  RETURNING id
), line AS (
  INSERT INTO promotions_orderline (
    order_id, line_id, product_id, sku, qty, unit_price, subtotal, discount, total,
    returned_qty, refunded)
  SELECT sold.id, one.*, 0, 0 FROM sold, json_to_recordset(%s::json) AS one(
    line_id text, product_id bigint, sku text, qty numeric, unit_price numeric,
    subtotal numeric, discount numeric, total numeric)
  RETURNING id, line_id
), reward AS (
  INSERT INTO promotions_appliedreward (
    order_id, place, program_id, version_id, reward_id, reward_type, description, is_payment,
    amount, points_cost, times, card_id, coupon_id)
  SELECT sold.id, one.* FROM sold, json_to_recordset(%s::json) AS one(
    place int, program_id bigint, version_id bigint, reward_id bigint, reward_type text,
    description text, is_payment bool, amount numeric, points_cost numeric, times int,
    card_id bigint, coupon_id bigint)
  RETURNING id, place
), share AS (
  INSERT INTO promotions_linediscount (line_id, reward_id, amount)
  SELECT line.id, reward.id, one.amount
  FROM json_to_recordset(%s::json) AS one(line_id text, place int, amount numeric)
  JOIN line ON line.line_id = one.line_id JOIN reward ON reward.place = one.place
)
SELECT id FROM sold
"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A committed order, as far as what follows needs it."""

    id: int
    ref: str
    partner_id: int | None
    pos_config_id: int
    currency: str


def request_digest(order: OrderRequest) -> str:
    """Return what tells a repeated order from another one with the same ref."""
    return hashlib.sha256(msgspec.json.encode(order, order="deterministic")).hexdigest()


def request_digests(order: OrderRequest, sale: OfflineSale | None) -> tuple[str, ...]:
    """Return the digests under which the order may have been committed already, its own first.

    A till whose line broke before the answer to a commit came reports the same sale later: with
    the time of sale and what it charged, which the commit may not have had.
    """
    if sale is None:
        return (request_digest(order),)
    totals = dict.fromkeys((sale.charged_total, order.expected_total, None))
    return tuple(
        request_digest(msgspec.structs.replace(order, at=at, expected_total=total))
        for at in (order.at, None)
        for total in totals
    )


def insert_order(
    order: OrderRequest,
    intake: Intake,
    decision: Decision,
    receipt: Receipt,
    *,
    digest: str,
    at: datetime,
    user_id: int | None,
    charge: Charge | None = None,
) -> Recorded:
    """Insert the order with its lines, its rewards and their shares, and what decided it.

    Of an order that the till had charged already, the decision kept is that of the engine.
    Writes: promotions_order, orderline, appliedreward, linediscount, in one statement.
    Raises: IntegrityError (`one_order_per_ref`) if the ref is taken.
    """
    ref = order.ref or ""
    evaluation: dict[str, object] = {
        "cart": intake.cart,
        "wallet": intake.wallet,
        "decision": decision,
        "receipt": receipt,
        "return_policy": intake.store.return_policy,
    }
    if charge is not None:
        evaluation["decision"] = replace(charge.decided, points=decision.points)
        evaluation["left_out"] = charge.left_out
    rewards, shares = _rewards(intake, decision)
    with prepared_cursor() as cursor:
        cursor.execute(
            _ORDER,
            (
                *(ref, digest, intake.cart.pos.id, intake.cart.partner_id, at),
                *(decision.currency, decision.subtotal, decision.discount_total, decision.total),
                *(decision.amount_due, charge.decided_total if charge else None),
                *(decision.optimal, decision.catalog_version, _json(evaluation), user_id),
                *(_json(_lines(intake, decision)), _json(rewards), _json(shares)),
            ),
        )
        (order_id,) = cursor.fetchone()
    cart = intake.cart
    return Recorded(order_id, ref, cart.partner_id, cart.pos.id, decision.currency)


def _lines(intake: Intake, decision: Decision) -> list[dict[str, Any]]:
    results = {result.line_id: result for result in decision.lines}
    return [
        {
            "line_id": line.line_id,
            "product_id": line.product_id,
            "sku": line.sku,
            "qty": line.qty,
            "unit_price": line.unit_price,
            "subtotal": results[line.line_id].subtotal,
            "discount": results[line.line_id].discount,
            "total": results[line.line_id].total,
        }
        for line in intake.cart.lines
    ]


def _rewards(
    intake: Intake, decision: Decision
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rewards and payments in their order, and the shares of the rewards."""
    programs = intake.snapshot.catalog.programs

    language = get_language()

    def description(program_id: int, reward_id: int) -> str:
        return describe_reward(programs[program_id], reward_id, decision.currency, language)[:200]

    rewards: list[dict[str, Any]] = []
    shares: list[dict[str, Any]] = []
    for place, one in enumerate(decision.rewards):
        rewards.append(
            {
                "place": place,
                "program_id": one.program_id,
                "version_id": one.version_id,
                "reward_id": one.reward_id,
                "reward_type": one.reward_type,
                "description": description(one.program_id, one.reward_id),
                "is_payment": False,
                "amount": one.amount,
                "points_cost": one.points_cost,
                "times": one.times,
                "card_id": one.card_id,
                "coupon_id": one.coupon_id,
            }
        )
        shares += [
            {"line_id": share.line_id, "place": place, "amount": share.amount}
            for share in one.shares
            if share.amount
        ]
    for place, paid in enumerate(decision.payments, start=len(rewards)):
        rewards.append(
            {
                "place": place,
                "program_id": paid.program_id,
                "version_id": paid.version_id,
                "reward_id": paid.reward_id,
                "reward_type": "discount",
                "description": description(paid.program_id, paid.reward_id),
                "is_payment": True,
                "amount": paid.amount,
                "points_cost": paid.points,
                "times": 1,
                "card_id": paid.card_id,
                "coupon_id": None,
            }
        )
    return rewards, shares


def _json(data: object) -> str:
    """Return JSON as `core.codec` would write it, but for defaults, which it may hold."""
    return orjson.dumps(data, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")
