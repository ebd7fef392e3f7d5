DROP TRIGGER card_refuses_truncate ON loyalty_loyaltycard;
DROP TRIGGER card_with_operations_stays ON loyalty_loyaltycard;
DROP FUNCTION card_with_operations_stays();
