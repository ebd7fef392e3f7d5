-- What an Odoo 17 has otherwise than odoo18.sql.
DROP TABLE loyalty_history;
ALTER TABLE loyalty_card DROP COLUMN active;
ALTER TABLE res_partner ALTER COLUMN barcode TYPE varchar USING NULL;
ALTER TABLE product_template RENAME COLUMN type TO detailed_type;
