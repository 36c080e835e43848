SELECT strftime(date, '%Y-%m') AS month, product, sum(amount)::INTEGER AS amount, sum(amount * price)::DOUBLE AS turnover
FROM sales
GROUP BY ALL
ORDER BY ALL;
