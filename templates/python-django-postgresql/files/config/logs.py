"""Logs as JSON lines, with the tags by which Datadog joins logs, traces and metrics of one service."""

import json
import logging
import os
from datetime import UTC, datetime

TAGS = {
    "service": os.environ.get("DD_SERVICE", "{{ name }}"),
    "env": os.environ.get("DD_ENV", "dev"),
    "version": os.environ.get("DD_VERSION", "0.1.0"),
}


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **TAGS,
        }
        if record.exc_info:
            line["error.stack"] = self.formatException(record.exc_info)
        return json.dumps(line)
