DROP TRIGGER point_operation_refuses_truncate ON loyalty_pointoperation;
DROP TRIGGER point_move_refuses_truncate ON loyalty_pointmove;
DROP TRIGGER point_move_refuses_delete ON loyalty_pointmove;
DROP FUNCTION ledger_payload(bigint, bigint, bigint, bigint, numeric, numeric, text, bigint);
