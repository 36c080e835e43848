"""Lines of the log as JSON, each with the trace that it belongs to."""

import json
import logging
from datetime import UTC, datetime

from launcher.telemetry.identity import identity
from launcher.telemetry.recorder import UNDER_WAY


class JsonLines(logging.Formatter):
    """One object per line; `status` is ERROR, WARN, INFO or DEBUG, and `dd.…` are as Datadog's pipelines expect them.

    Source: https://docs.datadoghq.com/tracing/other_telemetry/connect_logs_and_traces/
    """

    def __init__(self) -> None:
        super().__init__()
        self._identity = {f"dd.{key}": value for key, value in identity().items() if key != "team"}

    def format(self, record: logging.LogRecord) -> str:
        status = "ERROR" if record.levelno >= logging.ERROR else record.levelname
        fields: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "status": status,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            **self._identity,
        }
        if (span := UNDER_WAY.get()) is not None:
            fields |= {"dd.trace_id": f"{span.trace:032x}", "dd.span_id": str(span.id)}
        if record.exc_info and record.exc_info[0]:
            fields |= {"error.kind": record.exc_info[0].__name__, "error.stack": self.formatException(record.exc_info)}
        return json.dumps(fields, ensure_ascii=False)
