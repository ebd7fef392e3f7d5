DROP TRIGGER IF EXISTS card_moves_with_its_journal ON loyalty_loyaltycard;
DROP TRIGGER IF EXISTS card_starts_empty ON loyalty_loyaltycard;
DROP FUNCTION IF EXISTS card_moves_with_its_journal();
DROP TRIGGER point_operation_refuses_delete ON loyalty_pointoperation;
DROP TRIGGER point_history_refuses_truncate ON loyalty_pointhistory;
DROP TRIGGER point_history_refuses_delete ON loyalty_pointhistory;
DROP TRIGGER point_history_refuses_update ON loyalty_pointhistory;
DROP FUNCTION point_history_is_append_only();
