import json
import logging
from collections.abc import Iterator

import pytest
from ddtrace.trace import Span, TraceFilter, tracer
from fastapi.testclient import TestClient

from app.logs import JsonFormatter
from app.main import app
from app.metrics import statsd
from app.tracing import KeepHere


class Kept(TraceFilter):
    """Keeps spans for a test to look at, and lets none out."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    def process_trace(self, trace: list[Span]) -> list[Span] | None:
        self.spans += trace
        return None


@pytest.fixture
def spans() -> Iterator[list[Span]]:
    kept, watched = Kept(), tracer.context_provider.active()
    tracer.context_provider.activate(None)  # where Datadog watches the tests, a test is a span itself
    tracer.configure(trace_processors=[kept])
    yield kept.spans
    tracer.configure(trace_processors=[KeepHere()])
    tracer.context_provider.activate(watched)


@pytest.fixture
def client(spans: list[Span]) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def test_health(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_an_order_is_one_trace_with_a_span_of_its_own(client: TestClient, spans: list[Span]) -> None:
    assert client.post("/api/orders", json={"items": {"tea": 2, "cake": 1}}).json() == {"total": 1210}
    named = {span.name: span for span in spans}
    assert {"fastapi.request", "order.price"} <= named.keys()
    assert named["order.price"].get_metric("order.total") == 1210
    assert len({span.trace_id for span in spans}) == 1
    assert named["fastapi.request"].service == "{{ name }}"


def test_a_log_line_carries_the_ids_of_its_trace(spans: list[Span]) -> None:
    record = logging.LogRecord("shop", logging.INFO, __file__, 1, "hello", (), None)
    outside = json.loads(JsonFormatter().format(record))
    assert "dd.trace_id" not in outside
    with tracer.trace("inside") as span:
        inside = json.loads(JsonFormatter().format(record))
    assert inside["dd.span_id"] == str(span.span_id)
    assert {"service", "env", "version", "dd.trace_id"} <= inside.keys()


def test_an_order_is_counted(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, float]] = []
    monkeypatch.setattr(statsd, "histogram", lambda name, value, **_: sent.append((name, value)))
    client.post("/api/orders", json={"items": {"coffee": 1}})
    assert sent == [("order.total", 420)]


@pytest.mark.parametrize("items", [{}, {"tea": 0}, {"gold": 1}])
def test_what_cannot_be_sold_is_refused(client: TestClient, items: dict[str, int]) -> None:
    assert client.post("/api/orders", json={"items": items}).status_code == 422
