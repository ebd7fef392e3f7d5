DROP TRIGGER card_keeps_its_kind ON loyalty_loyaltycard;
DROP TRIGGER point_operation_is_undone_forwards ON loyalty_pointoperation;
DROP TRIGGER point_operation_stays ON loyalty_pointoperation;
DROP TRIGGER point_move_expires_as_told ON loyalty_pointmove;
DROP TRIGGER point_move_stays ON loyalty_pointmove;
DROP FUNCTION what_was_done_stays();
