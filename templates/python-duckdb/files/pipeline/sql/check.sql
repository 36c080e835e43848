-- What is wrong with a line, in words; NULL where it is good.
CREATE OR REPLACE TABLE checked AS
SELECT
    file,
    date, product, amount, price,
    CASE
        WHEN try_cast(date AS DATE) IS NULL THEN 'no such day'
        WHEN trim(coalesce(product, '')) = '' THEN 'no product'
        WHEN coalesce(try_cast(amount AS INTEGER), 0) <= 0 THEN 'no amount'
        WHEN coalesce(try_cast(price AS DECIMAL(10, 2)), 0) <= 0 THEN 'no price'
    END AS problem
FROM lines;

CREATE OR REPLACE TABLE sales AS
SELECT
    date::DATE AS date,
    trim(product) AS product,
    amount::INTEGER AS amount,
    price::DECIMAL(10, 2) AS price
FROM checked
WHERE problem IS NULL
ORDER BY ALL;
