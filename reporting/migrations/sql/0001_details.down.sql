DROP FUNCTION report_make_partitions(timestamptz, timestamptz);
DROP TABLE promotion_report_detail, order_report_detail, point_report_detail, program_force_set;
