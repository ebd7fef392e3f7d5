DROP MATERIALIZED VIEW mv_promotion_daily_summary, mv_membership_daily_summary,
    mv_point_daily_summary;
