"""What must be true of every order, program, coupon and card after a replay."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from loyalty.services.verify_ledger import verify_ledger
from promotions.services.replay_orders import replay_orders

# Each names what it finds: rows that must not be there.
_RULES: dict[str, str] = {
    "A line or total is below zero": """
        SELECT o.ref FROM promotions_order o
        WHERE o.total < 0 OR o.amount_due < 0 OR o.discount_total < 0 OR o.refund_total < 0
        UNION ALL SELECT o.ref FROM promotions_orderline l
        JOIN promotions_order o ON o.id = l.order_id
        WHERE l.unit_price >= 0 AND (l.total < 0 OR l.discount < 0 OR l.refunded < 0)""",
    "Lines do not add up to the order": """
        SELECT o.ref FROM promotions_order o JOIN (
          SELECT order_id, sum(subtotal) s, sum(discount) d, sum(total) t, sum(refunded) r
          FROM promotions_orderline GROUP BY 1) l ON l.order_id = o.id
        WHERE (o.subtotal, o.discount_total, o.total, o.refund_total) <> (l.s, l.d, l.t, l.r)""",
    "Shares do not add up to the reward": """
        SELECT o.ref FROM promotions_appliedreward r JOIN promotions_order o ON o.id = r.order_id
        LEFT JOIN (SELECT reward_id, sum(amount) a FROM promotions_linediscount GROUP BY 1) s
          ON s.reward_id = r.id
        WHERE NOT r.is_payment AND r.amount <> coalesce(s.a, 0)""",
    "Rewards do not add up to the discount, or payments to what was paid": """
        SELECT o.ref FROM promotions_order o LEFT JOIN (
          SELECT order_id, sum(amount) FILTER (WHERE NOT is_payment) d,
                 sum(amount) FILTER (WHERE is_payment) p
          FROM promotions_appliedreward GROUP BY 1) r ON r.order_id = o.id
        WHERE o.discount_total <> coalesce(r.d, 0)
           OR o.amount_due <> o.total - coalesce(r.p, 0)""",
    "More was refunded than was paid": """
        SELECT ref FROM promotions_order WHERE refund_total > total""",
    "A limit or a budget is exceeded": """
        SELECT p.ref FROM promotions_programusage u JOIN promotions_promotionprogram p
          ON p.id = u.program_id
        WHERE u.times > p.limit_usage OR u.amount > p.budget
        UNION ALL SELECT p.ref FROM promotions_partnerusage u JOIN promotions_promotionprogram p
          ON p.id = u.program_id WHERE u.times > p.limit_per_partner""",
    "A counter is not the orders it counted": """
        SELECT p.ref FROM promotions_programusage u
        JOIN promotions_promotionprogram p ON p.id = u.program_id
        LEFT JOIN (SELECT program_id, sum(times) n, sum(amount) a FROM promotions_counteduse
                   WHERE total AND given_back_at IS NULL GROUP BY 1) c
          ON c.program_id = u.program_id
        WHERE (u.times, u.amount) <> (coalesce(c.n, 0), coalesce(c.a, 0))
        UNION ALL SELECT p.ref FROM promotions_partnerusage u
        JOIN promotions_promotionprogram p ON p.id = u.program_id
        LEFT JOIN (SELECT program_id, partner_id, count(*) n FROM promotions_counteduse
                   WHERE given_back_at IS NULL GROUP BY 1, 2) c
          ON c.program_id = u.program_id AND c.partner_id = u.partner_id
        WHERE u.times <> coalesce(c.n, 0)""",
    "A coupon does not hold what its uses left": """
        SELECT c.code FROM promotions_coupon c LEFT JOIN (
          SELECT coupon_id, sum(points_cost) s FROM promotions_appliedreward
          WHERE given_back_at IS NULL AND coupon_id IS NOT NULL GROUP BY 1) r ON r.coupon_id = c.id
        WHERE c.points <> c.initial_points - coalesce(r.s, 0)""",
    "Two programs of one group applied to an order": """
        SELECT o.ref FROM promotions_appliedreward r
        JOIN promotions_programversion v ON v.id = r.version_id
        JOIN promotions_order o ON o.id = r.order_id
        WHERE NOT r.is_payment AND v.definition ->> 'exclusion_group' IS NOT NULL
        GROUP BY o.ref, v.definition ->> 'exclusion_group'
        HAVING count(DISTINCT r.program_id) > 1""",
    "An exclusive program applied beside another": """
        SELECT o.ref FROM promotions_order o JOIN promotions_appliedreward r ON r.order_id = o.id
        JOIN promotions_programversion v ON v.id = r.version_id
        WHERE NOT r.is_payment GROUP BY o.ref
        HAVING bool_or(v.definition ->> 'stacking' = 'exclusive')
           AND count(DISTINCT r.program_id) > 1""",
    "An order moved other points than the ledger": """
        SELECT o.ref FROM promotions_orderpoints m JOIN promotions_order o ON o.id = m.order_id
        JOIN loyalty_pointoperation p ON p.id = m.operation_id
        WHERE abs(p.points) <> m.points OR p.reversed_points <> m.undone""",
    "A customer was referred twice": """
        SELECT friend_id::text FROM promotions_referral WHERE status <> 'withdrawn'
        GROUP BY friend_id, program_id HAVING count(*) > 1""",
    "A referral stands on an order that came back": """
        SELECT o.ref FROM promotions_referral r JOIN promotions_order o ON o.id = r.order_id
        WHERE r.status <> 'withdrawn' AND o.status IN ('cancelled', 'returned')""",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One rule: what would break it, how many things do, and the first of them."""

    rule: str
    found: int
    first: str


def check_rules() -> list[Checked]:
    """Look at every rule in the database, at the ledger, and decide every order again."""
    checked = [_check(rule, sql) for rule, sql in _RULES.items()]
    flaw = verify_ledger().flaw
    checked.append(Checked("The ledger has a flaw", int(flaw is not None), str(flaw or "")))
    again = replay_orders()
    first = again.differences[0] if again.differences else None
    told = "" if first is None else f"{first.ref}: {first.what}"
    checked.append(Checked("An order decided again differs", again.different, told))
    return checked


def _check(rule: str, sql: str) -> Checked:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall()
    return Checked(rule, len(rows), str(rows[0][0]) if rows else "")
