-- A shop with programs of every type, and rows that shops have and importers trip over.
INSERT INTO res_currency (id, name, symbol, rounding, active) VALUES
    (1, 'USD', '$', 0.01, true), (2, 'EUR', '€', 0.01, true);
INSERT INTO res_partner (id, name, type, email, phone, mobile, tz, active) VALUES
    (1, 'Warung Kopi', 'contact', NULL, NULL, NULL, 'Asia/Jakarta', true),
    (10, ' Ann  Lee ', 'contact', 'ann@example.com', NULL, '+62 811 1', NULL, true),
    (11, 'Bob', 'contact', 'bob at example', '0812', NULL, NULL, true),
    (12, NULL, 'delivery', NULL, NULL, NULL, NULL, true),
    (13, '   ', 'contact', NULL, NULL, NULL, NULL, true),
    (14, repeat('Long ', 60), 'contact', '', NULL, NULL, NULL, true),
    (15, 'Cora', 'contact', NULL, NULL, NULL, NULL, false);
INSERT INTO res_company (id, name, partner_id, currency_id, active)
    VALUES (1, 'Warung Kopi', 1, 1, true);
INSERT INTO account_journal (id, name, code, currency_id, company_id, active) VALUES
    (1, '{"en_US": "Point of Sale"}', 'POSS', NULL, 1, true),
    (2, '{"en_US": "Airport"}', 'AIR', 2, 1, true);
INSERT INTO pos_config (id, name, company_id, journal_id, active) VALUES
    (1, 'Main street', 1, 1, true), (2, 'Airport', 1, 2, true);
INSERT INTO pos_session (id, name, config_id, state) VALUES (1, 'POS/0001', 1, 'closed');
INSERT INTO product_category (id, name, parent_id) VALUES
    (1, 'All', NULL), (2, 'Drinks', 1), (3, 'Coffee', 2), (4, 'Food > hot', 1);
INSERT INTO product_tag (id, name) VALUES
    (1, '{"en_US": "Sale", "id_ID": "Obral"}'), (2, '{"en_US": "Treat"}');
INSERT INTO product_template (id, name, type, list_price, categ_id, sale_ok, active) VALUES
    (1, '{"en_US": "Beans", "id_ID": "Biji kopi"}', 'consu', 14.90, 3, true, true),
    (2, '{"en_US": "Tea"}', 'consu', 5.00, 2, true, true),
    (3, '{"en_US": "Cup"}', 'consu', 8.00, 4, true, true),
    (5, '{"en_US": "Gift card"}', 'service', 50.00, 1, true, true),
    (6, '{"en_US": "Top-up"}', 'service', 50.00, 1, true, true),
    (7, '{"en_US": "10% on your order"}', 'service', 0, 1, false, true),
    (8, '{"fr_FR": "Vieux"}', 'consu', 3.00, 1, true, false),
    (9, '{"en_US": "Rebate"}', 'service', -1.00, 1, true, true);
INSERT INTO product_product (id, product_tmpl_id, default_code, barcode, active) VALUES
    (1, 1, 'BEANS', '899001', true), (2, 2, 'TEA', '899002', true), (3, 3, 'CUP-S', NULL, true),
    (4, 3, 'CUP-L', NULL, true), (5, 5, NULL, NULL, true), (6, 6, 'BEANS', NULL, true),
    (7, 7, NULL, NULL, true), (8, 8, 'OLD/', NULL, false), (9, 9, 'REBATE', NULL, true);
INSERT INTO product_template_attribute_value (id, product_tmpl_id, price_extra) VALUES
    (1, 3, 0), (2, 3, 2.00);
INSERT INTO product_variant_combination VALUES (3, 1), (4, 2);
INSERT INTO product_tag_product_template_rel VALUES (1, 1), (2, 2);
INSERT INTO product_tag_product_product_rel VALUES (2, 4);
INSERT INTO product_pricelist (id, name, currency_id) VALUES (1, '{"en_US": "VIP"}', 1);

INSERT INTO loyalty_program
    (id, name, active, sequence, company_id, currency_id, program_type, applies_on, trigger,
     date_from, date_to, limit_usage, max_usage, portal_point_name, pos_ok, sale_ok) VALUES
    (1, '{"en_US": "10% over 50"}', true, 1, 1, 1, 'promotion', 'current', 'auto',
     '2020-01-01', '2099-12-31', false, 0, '{"en_US": "Promo point(s)"}', true, true),
    (2, '{"en_US": "Buy 2 get 1"}', true, 2, NULL, 1, 'buy_x_get_y', 'current', 'auto',
     NULL, NULL, false, 0, NULL, true, false),
    (3, '{"en_US": "Coupons"}', true, 3, 1, 1, 'coupons', 'current', 'with_code',
     NULL, NULL, false, 0, NULL, true, true),
    (4, '{"en_US": "Tea code"}', true, 4, 1, 1, 'promo_code', 'current', 'with_code',
     NULL, NULL, false, 0, NULL, true, true),
    (5, '{"en_US": "Next time"}', true, 5, 1, 1, 'next_order_coupons', 'future', 'auto',
     NULL, NULL, false, 0, NULL, true, true),
    (6, '{"en_US": "Club"}', true, 6, 1, 1, 'loyalty', 'both', 'auto',
     NULL, NULL, false, 0, '{"en_US": "Stars"}', true, true),
    (7, '{"en_US": "Gift cards"}', true, 7, 1, 1, 'gift_card', 'future', 'auto',
     NULL, NULL, false, 0, '{"en_US": "$"}', true, true),
    (8, '{"en_US": "eWallet"}', true, 8, 1, 1, 'ewallet', 'future', 'auto',
     NULL, NULL, false, 0, '{"en_US": "$"}', true, true),
    (9, '{"en_US": "By domain"}', true, 9, 1, 1, 'promotion', 'current', 'auto',
     NULL, NULL, false, 0, NULL, true, true),
    (10, '{"en_US": "VIP list"}', true, 10, 1, 1, 'promotion', 'current', 'auto',
     NULL, NULL, false, 0, NULL, true, true),
    (11, '{"en_US": "Switched off"}', false, 11, 1, 1, 'promotion', 'current', 'auto',
     NULL, NULL, false, 0, NULL, true, true),
    (12, '{"en_US": "First three"}', true, 12, 1, 1, 'promotion', 'current', 'auto',
     NULL, NULL, true, 3, NULL, true, true),
    (13, '{"en_US": "Web treat"}', true, 13, 1, 1, 'promotion', 'current', 'auto',
     NULL, NULL, false, 0, NULL, false, true),
    (14, '{"en_US": "On the rebate"}', true, 14, 1, 1, 'promotion', 'current', 'auto',
     NULL, NULL, false, 0, NULL, true, true),
    (15, '{"en_US": "All or nothing"}', true, 15, 1, 1, 'promotion', 'current', 'auto',
     NULL, NULL, false, 0, NULL, true, true),
    (16, '{"en_US": "Used up"}', true, 16, 1, 1, 'promotion', 'current', 'auto',
     NULL, NULL, true, 1, NULL, true, true);
INSERT INTO loyalty_program_pos_config_rel VALUES (2, 1);
INSERT INTO loyalty_program_product_pricelist_rel VALUES (10, 1);
INSERT INTO loyalty_rule
    (id, active, program_id, product_domain, product_category_id, product_tag_id,
     reward_point_amount, reward_point_split, reward_point_mode, minimum_qty, minimum_amount,
     minimum_amount_tax_mode, mode, code) VALUES
    (1, true, 1, '[]', NULL, NULL, 1, false, 'order', 0, 50, 'incl', 'auto', NULL),
    (2, true, 2, '[]', NULL, NULL, 1, false, 'unit', 2, 0, 'incl', 'auto', NULL),
    (4, true, 4, '[]', NULL, NULL, 1, false, 'order', 0, 0, 'incl', 'with_code', 'TEA-10'),
    (5, true, 5, '[]', NULL, NULL, 1, false, 'order', 0, 100, 'incl', 'auto', NULL),
    (6, true, 6, '[]', NULL, NULL, 1, false, 'money', 1, 0, 'incl', 'auto', NULL),
    (7, true, 7, '[]', NULL, NULL, 1, true, 'money', 0, 0, 'incl', 'auto', NULL),
    (8, true, 8, '[]', NULL, NULL, 1, false, 'money', 1, 0, 'incl', 'auto', NULL),
    (9, true, 9, '[["list_price", ">", 10]]', NULL, NULL, 1, false, 'order', 0, 0, 'incl', 'auto', NULL),
    (10, true, 10, '[]', NULL, NULL, 1, false, 'order', 0, 0, 'incl', 'auto', NULL),
    (11, true, 11, '[]', 3, NULL, 1, false, 'order', 1, 0, 'incl', 'auto', NULL),
    (12, true, 12, '[]', NULL, NULL, 1, false, 'order', 0, 500, 'incl', 'auto', NULL),
    (13, true, 13, '[]', NULL, 1, 1, false, 'order', 1, 0, 'incl', 'auto', NULL),
    (14, true, 14, '[]', NULL, NULL, 1, false, 'order', 1, 0, 'incl', 'auto', NULL),
    (15, true, 15, '[]', NULL, NULL, 1, false, 'order', 1, 900, 'excl', 'auto', NULL),
    (16, true, 16, '[]', NULL, NULL, 1, false, 'order', 1, 0, 'incl', 'auto', NULL),
    (17, false, 1, '[["id", "=", 1]]', NULL, NULL, 1, false, 'order', 0, 0, 'incl', 'auto', NULL);
INSERT INTO loyalty_rule_product_product_rel VALUES (2, 1), (7, 5), (8, 6), (14, 9);
INSERT INTO loyalty_reward
    (id, active, program_id, description, reward_type, discount, discount_mode,
     discount_applicability, discount_product_domain, discount_max_amount,
     discount_line_product_id, reward_product_id, reward_product_tag_id, reward_product_qty,
     required_points, clear_wallet) VALUES
    (1, true, 1, '{"en_US": "10% on your order"}', 'discount', 10, 'percent', 'order', '[]', 0, 7,
     NULL, NULL, 1, 1, false),
    (2, true, 2, '{"en_US": "Free Product - Beans"}', 'product', 10, 'percent', 'order', '[]', 0,
     7, 1, NULL, 1, 2, false),
    (3, true, 3, '{"en_US": "15% on your order"}', 'discount', 15, 'percent', 'order', '[]', 20, 7,
     NULL, NULL, 1, 1, false),
    (4, true, 4, '{"en_US": "10% on Tea"}', 'discount', 10, 'percent', 'specific', '[]', 0, 7,
     NULL, NULL, 1, 1, false),
    (5, true, 5, '{"en_US": "15% next time"}', 'discount', 15, 'percent', 'order', '[]', 0, 7,
     NULL, NULL, 1, 1, false),
    (6, true, 6, '{"en_US": "$ 5 on your order"}', 'discount', 5, 'per_order', 'order', '[]', 0, 7,
     NULL, NULL, 1, 100, false),
    (7, true, 7, '{"en_US": "Gift Card"}', 'discount', 1, 'per_point', 'order', '[]', 0, 7,
     NULL, NULL, 1, 1, false),
    (8, true, 8, '{"en_US": "eWallet"}', 'discount', 1, 'per_point', 'order', '[]', 0, 7,
     NULL, NULL, 1, 1, false),
    (9, true, 9, '{"en_US": "1%"}', 'discount', 1, 'percent', 'order', '[]', 0, 7,
     NULL, NULL, 1, 1, false),
    (10, true, 10, '{"en_US": "1%"}', 'discount', 1, 'percent', 'order', '[]', 0, 7,
     NULL, NULL, 1, 1, false),
    (11, true, 11, '{"en_US": "50%"}', 'discount', 50, 'percent', 'cheapest', '[]', 0, 7,
     NULL, NULL, 1, 1, false),
    (12, true, 12, '{"en_US": "$ 50"}', 'discount', 50, 'per_order', 'order', '[]', 0, 7,
     NULL, NULL, 1, 1, false),
    (13, true, 13, '{"en_US": "A treat"}', 'product', 10, 'percent', 'order', '[]', 0, 7,
     NULL, 2, 1, 1, false),
    (14, true, 14, '{"en_US": "1%"}', 'discount', 1, 'percent', 'order', '[]', 0, 7,
     NULL, NULL, 1, 1, false),
    (15, true, 15, '{"en_US": "5%"}', 'discount', 5, 'percent', 'order', '[]', 0, 7,
     NULL, NULL, 1, 1, true),
    (16, true, 16, '{"en_US": "5%"}', 'discount', 5, 'percent', 'order', '[]', 0, 7,
     NULL, NULL, 1, 1, false);
INSERT INTO loyalty_reward_product_product_rel VALUES (4, 2);

INSERT INTO loyalty_card
    (id, program_id, partner_id, points, code, expiration_date, active, create_date) VALUES
    (1, 6, 10, 123.45, '0441-a1b2-c3d4', NULL, true, '2024-03-01 08:00'),
    (2, 6, 11, 0.1::float8 + 0.2::float8, '0442-a1b2-c3d4', NULL, true, '2024-03-01 08:00'),
    (3, 6, 10, 7, '0443-a1b2-c3d4', NULL, true, '2024-03-02 08:00'),
    (4, 7, NULL, 50, '0444-gift', '2099-12-31', true, '2024-03-02 08:00'),
    (5, 7, 10, 12.34, '0445-gift', NULL, true, '2024-03-02 08:00'),
    (6, 7, 10, 0, '0446-gift', NULL, true, '2024-03-02 08:00'),
    (7, 8, 10, 25.5, '0447-wallet', NULL, true, '2024-03-02 08:00'),
    (8, 3, NULL, 1, '0448-coupon', NULL, true, '2024-03-02 08:00'),
    (9, 3, NULL, 0, '0449-coupon', NULL, true, '2024-03-02 08:00'),
    (10, 3, 11, 1, '0450-coupon', '2020-05-31', true, '2024-03-02 08:00'),
    (11, 3, NULL, 1, 'O448 COUP0N', NULL, true, '2024-03-02 08:00'),
    (12, 6, 15, -5, '0452-club', NULL, true, '2024-03-02 08:00'),
    (13, 1, NULL, 0, '0453-promo', NULL, true, '2024-03-02 08:00'),
    (14, 1, NULL, 1, '0454-promo', NULL, true, '2024-03-02 08:00'),
    (15, 5, 10, 1, '0455-next', NULL, true, '2024-03-02 08:00'),
    (16, 9, NULL, 3, '0456-domain', NULL, true, '2024-03-02 08:00'),
    (17, 6, 14, 9, '0457-archived', NULL, false, '2024-03-02 08:00');
INSERT INTO loyalty_history (id, card_id, description, issued, used, create_date) VALUES
    (1, 1, 'Order Main street/0001', 100, 0, '2024-04-01 09:30'),
    (2, 1, 'Order Main street/0007', 30, 10, '2024-05-01 09:30'),
    (3, 2, 'Order Main street/0008', 40, 0, '2024-05-02 09:30');

INSERT INTO pos_order
    (id, name, state, date_order, company_id, session_id, config_id, partner_id, amount_total) VALUES
    (1, 'Main street/0001', 'done', '2024-04-01 09:30', 1, 1, 1, 10, 31.32),
    (2, 'Main street/0002', 'draft', '2024-04-01 09:40', 1, 1, 1, NULL, 5.00),
    (3, 'Main street/0003', 'paid', '2024-04-01 10:00', 1, 1, 1, 10, -14.90),
    (4, 'Main street/0004', 'paid', '2024-04-01 11:00', 1, 1, 1, NULL, 4.00),
    (5, 'Main street/0005', 'invoiced', '2024-04-02 01:00', 1, 1, 1, NULL, 3.33),
    (6, 'Main street/0006', 'paid', '2024-04-03 01:00', 1, 1, 1, 10, 3.50),
    (7, 'Main street/0007', 'paid', '2024-04-03 02:00', 1, 1, 1, NULL, -5.00),
    (8, 'Main street/0008', 'paid', '2024-04-03 03:00', 1, 1, 1, NULL, -5.00),
    (9, 'Main street/0009', 'paid', '2024-04-03 04:00', 1, 1, 1, 10, 0.10);
INSERT INTO pos_order_line
    (id, order_id, product_id, qty, price_unit, discount, price_subtotal_incl, reward_id,
     refunded_orderline_id) VALUES
    (1, 1, 1, 2, 14.90, 0, 29.80, NULL, NULL), (2, 1, 2, 1, 5, 0, 5.00, NULL, NULL),
    (3, 1, 7, 1, -3.48, 0, -3.48, 1, NULL), (4, 2, 2, 1, 5, 0, 5.00, NULL, NULL),
    (5, 3, 1, -1, 14.90, 0, -14.90, NULL, 1), (6, 4, 9, 1, -1, 0, -1.00, NULL, NULL),
    (7, 4, 2, 1, 5, 0, 5.00, NULL, NULL), (8, 5, 2, 0.7, 4.76, 0, 3.33, NULL, NULL),
    (9, 5, 7, 1, 0, 0, 0, 12, NULL), (10, 5, 7, 1, 0, 0, 0, 16, NULL),
    (11, 6, 2, -1, 5, 0, -5.00, NULL, 2), (12, 6, 7, -1, -0.50, 0, 0.50, NULL, 3),
    (13, 6, 3, 1, 8, 0, 8.00, NULL, NULL), (14, 7, 2, -1, 5, 0, -5.00, NULL, NULL),
    (15, 8, 2, -1, 5, 0, -5.00, NULL, 7), (16, 9, 7, -1, -0.10, 0, 0.10, NULL, 3);
INSERT INTO sale_order
    (id, name, state, date_order, partner_id, company_id, currency_id, amount_total) VALUES
    (1, 'S00001', 'sale', '2024-06-01 03:00', 10, 1, 1, 18.00),
    (2, 'S00002', 'sent', '2024-06-01 03:00', 10, 1, 1, 8.00),
    (3, 'S00003', 'sale', '2024-06-01 03:00', 10, 1, 2, 8.00);
INSERT INTO sale_order_line
    (id, order_id, display_type, product_id, product_uom_qty, price_unit, discount, price_total,
     reward_id) VALUES
    (1, 1, NULL, 4, 2, 10, 10, 18.00, NULL), (2, 1, 'line_note', NULL, 0, 0, 0, 0, NULL),
    (3, 1, NULL, 2, 1, 5, 100, 0, 13), (4, 3, NULL, 3, 1, 8, 0, 8.00, NULL);
INSERT INTO account_move (id, name, state, move_type, date, invoice_date, company_id, partner_id,
                          currency_id, amount_total, create_date) VALUES
    (1, 'RINV/1', 'posted', 'out_refund', '2024-06-05', '2024-06-05', 1, 10, 1, 9, '2024-06-05 02:00'),
    (2, 'RINV/2', 'posted', 'out_refund', '2024-06-06', '2024-06-04', 1, 10, 1, 2, '2024-06-06 02:00'),
    (3, NULL, 'draft', 'out_refund', '2024-06-07', NULL, 1, 10, 1, 9, '2024-06-07 02:00'),
    (4, 'RINV/4', 'posted', 'out_refund', '2024-06-07', NULL, 1, 10, 1, 5, '2024-06-07 02:00'),
    (10, 'INV/1', 'posted', 'out_invoice', '2024-06-02', '2024-06-02', 1, 10, 1, 18, '2024-06-02 02:00');
INSERT INTO account_move_line (id, move_id, display_type, product_id, quantity, price_unit,
                               price_total) VALUES
    (1, 10, 'product', 4, 2, 9, 18), (2, 1, 'product', 4, 1, 9, 9), (3, 1, 'tax', NULL, 0, 0, 0),
    (4, 2, 'product', 4, 1, 2, 2), (5, 3, 'product', 4, 1, 9, 9), (6, 4, 'product', 2, 1, 5, 5);
INSERT INTO sale_order_line_invoice_rel VALUES (1, 1), (2, 1), (4, 1), (5, 1);

-- The framework notes when a row was changed.
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT table_name FROM information_schema.columns WHERE column_name = 'write_date'
                AND table_schema = 'public' LOOP
        EXECUTE format('UPDATE %I SET write_date = timestamp ''2024-07-01 10:00:00.123456'','
                       ' create_date = coalesce(create_date, ''2024-01-01'')', name);
        EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, ''id''), 1000)', name);
    END LOOP;
END $$;
