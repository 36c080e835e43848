-- Every line as text, so that none is lost to a wrong type, with the file that it comes from.
CREATE OR REPLACE TABLE lines AS
SELECT *, parse_filename(filename) AS file
FROM read_csv($files, header = true, all_varchar = true, filename = true);
