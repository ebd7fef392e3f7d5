"""Facts of points: one row per operation of the ledger that moved points."""

from __future__ import annotations

OPERATIONS = """
WITH moved AS (
    SELECT o.id, c.loyalty_program_id, o.card_id, c.partner_id, o.kind, o.transaction_time,
           o.transaction_time AT TIME ZONE p.time_zone AS local_time, o.points, o.balance_after,
           -- Looked up for the few that need it: joined, all operations might be read for a batch.
           o.origin, CASE WHEN o.kind = 'reverse' THEN (
               SELECT undone.kind FROM loyalty_pointoperation undone WHERE undone.id = o.reverses_id
           ) ELSE o.kind END AS counts_as,
           (SELECT h.status_membership_product_id FROM loyalty_pointhistory h
            WHERE h.operation_id = o.id ORDER BY h.id LIMIT 1) AS membership_product_id
    FROM loyalty_pointoperation o
    JOIN loyalty_loyaltycard c ON c.id = o.card_id
    JOIN loyalty_loyaltyprogram p ON p.id = c.loyalty_program_id
    WHERE o.id = ANY(%(ids)s::bigint[]) AND o.points <> 0
), written AS (
    INSERT INTO point_report_detail (
        operation_id, loyalty_program_id, card_id, partner_id, membership_product_id,
        transaction_type, transaction_date, local_time, points_earned, points_redeemed,
        points_expired, points_adjusted, points_amount, balance, origin)
    SELECT id, loyalty_program_id, card_id, partner_id, membership_product_id, kind,
           transaction_time, local_time,
           CASE counts_as WHEN 'earn' THEN points ELSE 0 END,
           CASE counts_as WHEN 'redeem' THEN -points ELSE 0 END,
           CASE counts_as WHEN 'expire' THEN -points ELSE 0 END,
           CASE WHEN counts_as IN ('earn', 'redeem', 'expire') THEN 0 ELSE points END,
           points, balance_after, origin
    FROM moved ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING *
)"""

SUMMARISE = """, by_hour AS (
    INSERT INTO point_report_hourly AS kept
    SELECT loyalty_program_id, date_trunc('hour', local_time), coalesce(membership_product_id, 0),
           count(*), sum(points_earned), sum(points_redeemed), sum(points_expired),
           sum(points_adjusted), sum(points_amount)
    FROM written GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (loyalty_program_id, local_hour, membership_product_id) DO UPDATE SET
        operations = kept.operations + excluded.operations,
        points_earned = kept.points_earned + excluded.points_earned,
        points_redeemed = kept.points_redeemed + excluded.points_redeemed,
        points_expired = kept.points_expired + excluded.points_expired,
        points_adjusted = kept.points_adjusted + excluded.points_adjusted,
        points_amount = kept.points_amount + excluded.points_amount
)
SELECT count(*) FROM written
"""
