-- Tables of an Odoo 18 with point of sale, sales and loyalty, as far as an import meets them: names
-- and types as its models make them. What an Odoo 17 has otherwise stands in odoo17.sql.
CREATE TABLE res_currency (
    id serial PRIMARY KEY, name varchar NOT NULL, symbol varchar NOT NULL, rounding numeric,
    active boolean, create_date timestamp, write_date timestamp);
CREATE TABLE res_partner (
    id serial PRIMARY KEY, name varchar, complete_name varchar, ref varchar, lang varchar,
    tz varchar, vat varchar, type varchar, email varchar, phone varchar, mobile varchar,
    parent_id int REFERENCES res_partner, is_company boolean, active boolean,
    customer_rank int, barcode jsonb, create_date timestamp, write_date timestamp);
CREATE TABLE res_company (
    id serial PRIMARY KEY, name varchar NOT NULL, partner_id int NOT NULL REFERENCES res_partner,
    currency_id int NOT NULL REFERENCES res_currency, active boolean, create_date timestamp,
    write_date timestamp);
CREATE TABLE account_journal (
    id serial PRIMARY KEY, name jsonb NOT NULL, code varchar NOT NULL,
    currency_id int REFERENCES res_currency, company_id int REFERENCES res_company,
    active boolean, create_date timestamp, write_date timestamp);
CREATE TABLE product_category (
    id serial PRIMARY KEY, name varchar NOT NULL, complete_name varchar, parent_path varchar,
    parent_id int REFERENCES product_category, create_date timestamp, write_date timestamp);
CREATE TABLE product_tag (
    id serial PRIMARY KEY, name jsonb NOT NULL, color varchar, sequence int,
    create_date timestamp, write_date timestamp);
CREATE TABLE product_template (
    id serial PRIMARY KEY, name jsonb NOT NULL, type varchar NOT NULL, default_code varchar,
    list_price numeric, categ_id int NOT NULL REFERENCES product_category, sale_ok boolean,
    available_in_pos boolean, active boolean, company_id int REFERENCES res_company,
    create_date timestamp, write_date timestamp);
CREATE TABLE product_product (
    id serial PRIMARY KEY, product_tmpl_id int NOT NULL REFERENCES product_template,
    default_code varchar, barcode varchar, combination_indices varchar, active boolean,
    standard_price jsonb, create_date timestamp, write_date timestamp);
CREATE TABLE product_template_attribute_value (
    id serial PRIMARY KEY, product_tmpl_id int REFERENCES product_template, price_extra numeric,
    ptav_active boolean, create_date timestamp, write_date timestamp);
CREATE TABLE product_variant_combination (
    product_product_id int NOT NULL REFERENCES product_product,
    product_template_attribute_value_id int NOT NULL REFERENCES product_template_attribute_value,
    PRIMARY KEY (product_product_id, product_template_attribute_value_id));
CREATE TABLE product_tag_product_template_rel (
    product_tag_id int NOT NULL REFERENCES product_tag,
    product_template_id int NOT NULL REFERENCES product_template,
    PRIMARY KEY (product_tag_id, product_template_id));
CREATE TABLE product_tag_product_product_rel (
    product_tag_id int NOT NULL REFERENCES product_tag,
    product_product_id int NOT NULL REFERENCES product_product,
    PRIMARY KEY (product_tag_id, product_product_id));
CREATE TABLE product_pricelist (
    id serial PRIMARY KEY, name jsonb NOT NULL, currency_id int REFERENCES res_currency,
    create_date timestamp, write_date timestamp);
CREATE TABLE pos_config (
    id serial PRIMARY KEY, name varchar NOT NULL, company_id int NOT NULL REFERENCES res_company,
    journal_id int REFERENCES account_journal, active boolean, create_date timestamp,
    write_date timestamp);
CREATE TABLE pos_session (
    id serial PRIMARY KEY, name varchar, config_id int NOT NULL REFERENCES pos_config,
    state varchar, create_date timestamp, write_date timestamp);
CREATE TABLE loyalty_program (
    id serial PRIMARY KEY, name jsonb NOT NULL, active boolean, sequence int,
    company_id int REFERENCES res_company, currency_id int NOT NULL REFERENCES res_currency,
    program_type varchar NOT NULL, date_from date, date_to date, limit_usage boolean,
    max_usage int, applies_on varchar NOT NULL, trigger varchar, portal_visible boolean,
    portal_point_name jsonb, pos_ok boolean, sale_ok boolean, ecommerce_ok boolean,
    create_date timestamp, write_date timestamp,
    CHECK (limit_usage = false OR max_usage > 0));
CREATE TABLE loyalty_program_pos_config_rel (
    loyalty_program_id int NOT NULL REFERENCES loyalty_program,
    pos_config_id int NOT NULL REFERENCES pos_config,
    PRIMARY KEY (loyalty_program_id, pos_config_id));
CREATE TABLE loyalty_program_product_pricelist_rel (
    loyalty_program_id int NOT NULL REFERENCES loyalty_program,
    product_pricelist_id int NOT NULL REFERENCES product_pricelist,
    PRIMARY KEY (loyalty_program_id, product_pricelist_id));
CREATE TABLE loyalty_rule (
    id serial PRIMARY KEY, active boolean,
    program_id int NOT NULL REFERENCES loyalty_program, company_id int REFERENCES res_company,
    product_domain varchar, product_category_id int REFERENCES product_category,
    product_tag_id int REFERENCES product_tag, reward_point_amount float8,
    reward_point_split boolean, reward_point_mode varchar NOT NULL, minimum_qty int,
    minimum_amount numeric, minimum_amount_tax_mode varchar NOT NULL, mode varchar, code varchar,
    create_date timestamp, write_date timestamp, CHECK (reward_point_amount > 0));
CREATE TABLE loyalty_rule_product_product_rel (
    loyalty_rule_id int NOT NULL REFERENCES loyalty_rule,
    product_product_id int NOT NULL REFERENCES product_product,
    PRIMARY KEY (loyalty_rule_id, product_product_id));
CREATE TABLE loyalty_reward (
    id serial PRIMARY KEY, active boolean,
    program_id int NOT NULL REFERENCES loyalty_program, company_id int REFERENCES res_company,
    description jsonb, reward_type varchar NOT NULL, discount float8,
    discount_mode varchar NOT NULL, discount_applicability varchar,
    discount_product_domain varchar,
    discount_product_category_id int REFERENCES product_category,
    discount_product_tag_id int REFERENCES product_tag, discount_max_amount numeric,
    discount_line_product_id int REFERENCES product_product,
    reward_product_id int REFERENCES product_product,
    reward_product_tag_id int REFERENCES product_tag, reward_product_qty int,
    required_points float8, clear_wallet boolean, create_date timestamp, write_date timestamp,
    CHECK (required_points > 0), CHECK (reward_type <> 'product' OR reward_product_qty > 0),
    CHECK (reward_type <> 'discount' OR discount > 0));
CREATE TABLE loyalty_reward_product_product_rel (
    loyalty_reward_id int NOT NULL REFERENCES loyalty_reward,
    product_product_id int NOT NULL REFERENCES product_product,
    PRIMARY KEY (loyalty_reward_id, product_product_id));
CREATE TABLE loyalty_card (
    id serial PRIMARY KEY, program_id int REFERENCES loyalty_program,
    company_id int REFERENCES res_company, partner_id int REFERENCES res_partner,
    points float8, code varchar NOT NULL UNIQUE, expiration_date date, active boolean,
    create_date timestamp, write_date timestamp);
CREATE TABLE loyalty_history (
    id serial PRIMARY KEY, card_id int NOT NULL REFERENCES loyalty_card, description text NOT NULL,
    issued float8, used float8, order_model varchar, order_id int, create_date timestamp,
    write_date timestamp);
CREATE TABLE pos_order (
    id serial PRIMARY KEY, name varchar NOT NULL, pos_reference varchar, state varchar,
    date_order timestamp, company_id int NOT NULL REFERENCES res_company,
    session_id int NOT NULL REFERENCES pos_session, config_id int REFERENCES pos_config,
    partner_id int REFERENCES res_partner, amount_tax numeric, amount_total numeric,
    amount_paid numeric, create_date timestamp, write_date timestamp);
CREATE TABLE pos_order_line (
    id serial PRIMARY KEY, order_id int NOT NULL REFERENCES pos_order,
    product_id int NOT NULL REFERENCES product_product, full_product_name varchar, qty numeric,
    price_unit numeric, discount numeric, price_subtotal numeric, price_subtotal_incl numeric,
    is_reward_line boolean, reward_id int REFERENCES loyalty_reward,
    coupon_id int REFERENCES loyalty_card, points_cost float8, reward_identifier_code varchar,
    refunded_orderline_id int REFERENCES pos_order_line, create_date timestamp,
    write_date timestamp);
CREATE TABLE sale_order (
    id serial PRIMARY KEY, name varchar NOT NULL, state varchar, date_order timestamp NOT NULL,
    partner_id int NOT NULL REFERENCES res_partner,
    company_id int NOT NULL REFERENCES res_company, currency_id int REFERENCES res_currency,
    amount_total numeric, create_date timestamp, write_date timestamp);
CREATE TABLE sale_order_line (
    id serial PRIMARY KEY, order_id int NOT NULL REFERENCES sale_order, display_type varchar,
    product_id int REFERENCES product_product, product_uom_qty numeric, price_unit numeric,
    discount numeric, price_subtotal numeric, price_total numeric,
    reward_id int REFERENCES loyalty_reward, coupon_id int REFERENCES loyalty_card,
    points_cost float8, create_date timestamp, write_date timestamp);
CREATE TABLE account_move (
    id serial PRIMARY KEY, name varchar, state varchar NOT NULL, move_type varchar NOT NULL,
    date date NOT NULL, invoice_date date, company_id int REFERENCES res_company,
    partner_id int REFERENCES res_partner, currency_id int NOT NULL REFERENCES res_currency,
    reversed_entry_id int REFERENCES account_move, amount_total numeric, create_date timestamp,
    write_date timestamp);
CREATE TABLE account_move_line (
    id serial PRIMARY KEY, move_id int NOT NULL REFERENCES account_move,
    display_type varchar NOT NULL, product_id int REFERENCES product_product, name varchar,
    quantity numeric, price_unit numeric, discount numeric, price_subtotal numeric,
    price_total numeric, create_date timestamp, write_date timestamp);
CREATE TABLE sale_order_line_invoice_rel (
    invoice_line_id int NOT NULL REFERENCES account_move_line,
    order_line_id int NOT NULL REFERENCES sale_order_line,
    PRIMARY KEY (invoice_line_id, order_line_id));
