-- What the tables of the Complete Journey data mean, said once. DuckDB.

-- Lines of goods. Entries without units are not goods: coupons keyed in and voids.
-- sales_value is what the store got for the line: after its own price reductions and after the
-- part of a coupon that it doubled (coupon_match_disc), before the maker's coupon (coupon_disc,
-- paid back by the maker). So what the till charged a card holder before any coupon is
-- sales_value + coupon_match_disc, and the price on the shelf was that + retail_disc.
-- Fuel is counted in thousandths of a gallon, unless it was keyed in as an amount.
CREATE VIEW sold AS
SELECT
    t.basket_id, t.household_id, t.store_id, t.product_id,
    timezone('America/New_York', timezone('UTC', t.transaction_timestamp)) AS sold_at,
    CASE WHEN fuel THEN t.quantity / 1000.0 ELSE t.quantity END AS qty,
    t.sales_value + t.coupon_match_disc AS charged,
    t.sales_value + t.coupon_match_disc + t.retail_disc AS shelf,
    t.coupon_disc + t.coupon_match_disc AS couponed
FROM (
    SELECT
        transactions.*,
        coalesce(products.product_type, '') LIKE 'GASOLINE%'
            AND transactions.sales_value < 0.1 * transactions.quantity AS fuel
    FROM transactions LEFT JOIN products USING (product_id)
) AS t
WHERE t.quantity > 0;

CREATE MACRO left_out(before) AS TABLE
SELECT
    coalesce(sum(entries), 0) AS entries,
    count(*) FILTER (WHERE NOT goods) AS baskets
FROM (
    SELECT basket_id, count(*) FILTER (WHERE quantity = 0) AS entries, max(quantity) > 0 AS goods
    FROM transactions
    WHERE timezone('America/New_York', timezone('UTC', transaction_timestamp)) < before
    GROUP BY basket_id
);

CREATE VIEW households AS
SELECT household_id FROM transactions UNION SELECT household_id FROM campaigns;

-- A product's price: its usual shelf price; one that was never sold costs what its kind costs.
CREATE TABLE goods AS
WITH usual AS (
    SELECT product_id, median(shelf / qty) AS price FROM sold GROUP BY product_id
),
listed AS (
    SELECT product_id, department, product_category, product_type, package_size, brand, price
    FROM products LEFT JOIN usual USING (product_id)
    UNION ALL
    SELECT product_id, NULL, NULL, NULL, NULL, 'National', price
    FROM usual WHERE product_id NOT IN (SELECT product_id FROM products)
)
SELECT
    product_id,
    coalesce(
        upper(product_type[1]) || lower(product_type[2:]) || coalesce(' ' || lower(package_size), ''),
        'Product ' || product_id
    ) AS name,
    concat_ws(' > ', department, product_category, product_type) AS path,
    lower(brand) AS brand,
    round(
        coalesce(
            price,
            median(price) OVER (PARTITION BY department, product_category, product_type),
            median(price) OVER (PARTITION BY department, product_category),
            median(price) OVER (PARTITION BY department),
            median(price) OVER ()
        ), 2
    )::DECIMAL(12, 2) AS price
FROM listed;

-- A redemption names its day; it goes to the basket of that day where the old till took money off
-- a product of the coupon, else to one with such a product, else to one with any coupon, else to
-- the last of the day.
CREATE TABLE handed_in AS
WITH entered AS (
    SELECT
        r.household_id, r.coupon_upc, r.campaign_id, r.redemption_date, s.basket_id, s.sold_at,
        max(CASE
            WHEN c.product_id IS NOT NULL AND s.couponed > 0 THEN 3
            WHEN c.product_id IS NOT NULL THEN 2
            WHEN s.couponed > 0 THEN 1
            ELSE 0
        END) AS fit,
        mode(s.couponed ORDER BY s.couponed) FILTER (WHERE c.product_id IS NOT NULL AND s.couponed > 0) AS taken_off
    FROM coupon_redemptions AS r
    JOIN sold AS s
        ON s.household_id = r.household_id AND s.sold_at::date = r.redemption_date::date
    LEFT JOIN (SELECT DISTINCT coupon_upc, campaign_id, product_id FROM coupons) AS c
        ON c.coupon_upc = r.coupon_upc
        AND c.campaign_id = r.campaign_id
        AND c.product_id = s.product_id
    GROUP BY ALL
)
SELECT * FROM entered
QUALIFY row_number() OVER (
    PARTITION BY household_id, coupon_upc, campaign_id, redemption_date
    ORDER BY fit DESC, sold_at DESC, basket_id DESC
) = 1;

-- A coupon's value: what tills usually took off for it, of equally usual amounts the smallest; for one that was never handed in, what
-- they took off for coupons with the same last two digits, the value code of such numbers.
-- Campaigns of type A sent each household a choice that the data does not tell: there, those who
-- handed a coupon in had it. The others sent all their coupons to all their households.
CREATE TABLE offers AS
WITH of_upc AS (
    SELECT coupon_upc, mode(round(taken_off, 2) ORDER BY taken_off) AS value FROM handed_in
    WHERE taken_off > 0 GROUP BY 1
),
of_code AS (
    SELECT coupon_upc % 100 AS value_code, mode(round(taken_off, 2) ORDER BY taken_off) AS value FROM handed_in
    WHERE taken_off > 0 GROUP BY 1
),
sent AS (
    SELECT campaign_id, coupon_upc, household_id
    FROM campaigns
    JOIN campaign_descriptions USING (campaign_id)
    JOIN (SELECT DISTINCT campaign_id, coupon_upc FROM coupons) USING (campaign_id)
    WHERE campaign_type <> 'Type A'
    UNION
    SELECT campaign_id, coupon_upc, household_id FROM coupon_redemptions
),
holders AS (
    SELECT campaign_id, coupon_upc, list(household_id ORDER BY household_id) AS held_by
    FROM sent GROUP BY ALL
)
SELECT
    c.campaign_id,
    any_value(d.campaign_type) AS campaign_type,
    c.coupon_upc,
    any_value(d.start_date)::date AS first_day,
    any_value(d.end_date)::date AS last_day,
    coalesce(any_value(u.value), any_value(v.value), 1)::DECIMAL(8, 2) AS value,
    list(DISTINCT c.product_id ORDER BY c.product_id) AS products,
    coalesce(any_value(h.held_by), []) AS held_by
FROM coupons AS c
SEMI JOIN goods ON goods.product_id = c.product_id -- a few are listed nowhere and were never sold
JOIN campaign_descriptions AS d USING (campaign_id)
LEFT JOIN of_upc AS u ON u.coupon_upc = c.coupon_upc
LEFT JOIN of_code AS v ON v.value_code = c.coupon_upc % 100
LEFT JOIN holders AS h ON h.campaign_id = c.campaign_id AND h.coupon_upc = c.coupon_upc
GROUP BY c.campaign_id, c.coupon_upc;

CREATE VIEW baskets AS
WITH codes AS (
    SELECT
        basket_id,
        list({'campaign': campaign_id, 'upc': coupon_upc} ORDER BY campaign_id, coupon_upc) AS redeemed
    FROM handed_in GROUP BY basket_id
),
filled AS (
    SELECT
        basket_id,
        any_value(household_id) AS household_id,
        any_value(store_id) AS store_id,
        any_value(sold_at) AS sold_at,
        list({
            'sku': product_id,
            'qty': qty::DECIMAL(12, 3),
            'price': (charged / qty)::DECIMAL(12, 4)
        } ORDER BY product_id) AS lines
    FROM sold GROUP BY basket_id
)
SELECT basket_id, household_id, store_id, sold_at, lines, redeemed
FROM filled LEFT JOIN codes USING (basket_id);
