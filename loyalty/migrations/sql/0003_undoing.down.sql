DROP FUNCTION ledger_plan_taking_back(loyalty_loyaltycard, loyalty_pointoperation, numeric, text, timestamptz);
DROP FUNCTION ledger_plan_giving_back(loyalty_loyaltycard, loyalty_pointoperation, numeric, timestamptz);
DROP TYPE ledger_undoing;
