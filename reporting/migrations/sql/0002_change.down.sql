DROP TRIGGER report_reads_names_of_programs ON promotions_promotionprogram;
DROP TRIGGER report_reads_names_of_levels ON loyalty_membershipproduct;
DROP TRIGGER report_reads_levels_of_members ON loyalty_membership;
DROP FUNCTION report_note_edit();
DROP FUNCTION report_note_change();
DROP TABLE report_change;
