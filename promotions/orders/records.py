"""Writing what was decided: the order, its lines, its rewards and their shares."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from core import codec
from promotions.descriptions import describe_reward
from promotions.engine.decision import Decision
from promotions.models import AppliedReward, LineDiscount, Order, OrderLine
from promotions.orders.intake import Intake
from promotions.orders.receipt import Receipt
from promotions.orders.request import OrderRequest


def request_digest(order: OrderRequest) -> str:
    """Return what tells a repeated order from another one with the same ref."""
    return hashlib.sha256(msgspec.json.encode(order, order="deterministic")).hexdigest()


def insert_order(
    order: OrderRequest,
    intake: Intake,
    decision: Decision,
    receipt: Receipt,
    *,
    at: datetime,
    user_id: int | None,
) -> Order:
    """Insert the order with its lines, its rewards and their shares, and what it was decided by.

    Writes: promotions_order, orderline, appliedreward, linediscount; one statement each.
    """
    row = Order.objects.create(
        ref=order.ref or "",
        request_digest=request_digest(order),
        pos_config_id=intake.cart.pos.id,
        partner_id=intake.cart.partner_id,
        ordered_at=at,
        currency=decision.currency,
        subtotal=decision.subtotal,
        discount_total=decision.discount_total,
        total=decision.total,
        amount_due=decision.amount_due,
        optimal=decision.optimal,
        catalog_version=decision.catalog_version,
        evaluation={
            "cart": codec.encode(intake.cart),
            "wallet": codec.encode(intake.wallet),
            "decision": codec.encode(decision),
            "receipt": receipt,
            "return_policy": intake.store.return_policy,
        },
        created_by_id=user_id,
    )
    lines = _insert_lines(row, intake, decision)
    rewards = _insert_rewards(row, intake, decision)
    LineDiscount.objects.bulk_create(
        LineDiscount(line=lines[share.line_id], reward=reward, amount=share.amount)
        for reward, applied in zip(rewards, decision.rewards, strict=True)
        for share in applied.shares
        if share.amount
    )
    return row


def _insert_lines(row: Order, intake: Intake, decision: Decision) -> dict[str, OrderLine]:
    results = {result.line_id: result for result in decision.lines}
    lines = OrderLine.objects.bulk_create(
        OrderLine(
            order=row,
            line_id=line.line_id,
            product_id=line.product_id,
            sku=line.sku,
            qty=line.qty,
            unit_price=line.unit_price,
            subtotal=results[line.line_id].subtotal,
            discount=results[line.line_id].discount,
            total=results[line.line_id].total,
        )
        for line in intake.cart.lines
    )
    return {line.line_id: line for line in lines}


def _insert_rewards(row: Order, intake: Intake, decision: Decision) -> list[AppliedReward]:
    """Insert rewards and payments in one statement; return the rewards, in their order."""
    programs = intake.snapshot.catalog.programs

    def description(program_id: int, reward_id: int) -> str:
        return describe_reward(programs[program_id], reward_id, decision.currency)[:200]

    rewards = [
        AppliedReward(
            order=row,
            program_id=one.program_id,
            version_id=one.version_id,
            reward_id=one.reward_id,
            reward_type=one.reward_type.value,
            description=description(one.program_id, one.reward_id),
            amount=one.amount,
            points_cost=one.points_cost,
            times=one.times,
            card_id=one.card_id,
            coupon_id=one.coupon_id,
        )
        for one in decision.rewards
    ]
    payments = [
        AppliedReward(
            order=row,
            program_id=one.program_id,
            version_id=one.version_id,
            reward_id=one.reward_id,
            reward_type="discount",
            description=description(one.program_id, one.reward_id),
            is_payment=True,
            amount=one.amount,
            points_cost=one.points,
            card_id=one.card_id,
        )
        for one in decision.payments
    ]
    AppliedReward.objects.bulk_create(rewards + payments)
    return rewards


def store_receipt(row: Order, receipt: Receipt) -> None:
    """Replace the answer kept with the order, once it names the coupons issued.

    Writes: promotions_order.evaluation.
    """
    row.evaluation["receipt"] = receipt
    row.save(update_fields=["evaluation"])
