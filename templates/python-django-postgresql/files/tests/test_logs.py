import json
import logging
import sys

from config.logs import JsonFormatter


def test_a_log_line_is_json_with_the_tags_of_the_service() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.LogRecord("shop", logging.ERROR, __file__, 1, "Paid %d", (3,), sys.exc_info())
    line = json.loads(JsonFormatter().format(record))
    assert (line["level"], line["logger"], line["message"]) == ("ERROR", "shop", "Paid 3")
    assert {"service", "env", "version", "timestamp"} <= line.keys()
    assert "ValueError: broken" in line["error.stack"]
