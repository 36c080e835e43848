"""An Agent on this machine: it takes traces over real HTTP and metrics by UDP, as ddtrace and DogStatsD send them.

It is where the results of tests go, too, which ddtrace sends to Datadog itself (`tests`).

Sources: https://docs.datadoghq.com/tracing/guide/send_traces_to_agent_by_api/ (v0.4), and the Agent's `pkg/trace/api`
(v0.5: a table of strings, then spans as arrays of twelve that refer to it).
"""

import gzip
import json
import re
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

import msgpack

PATIENCE = 30
"""Seconds until what has not come counts as lost."""
FIELDS = (
    *("service", "name", "resource", "trace_id", "span_id", "parent_id", "start", "duration", "error", "meta"),
    *("metrics", "type"),
)
POINT = re.compile(r"(?P<name>[\w.]+):(?P<value>[-+.\de]+)\|(?P<type>[cgd])\|#(?P<tags>.*)")


@dataclass(frozen=True)
class SentPoint:
    name: str
    value: float
    type: str
    tags: dict[str, str]


@dataclass
class DatadogAgent:
    """`received` are all bytes that came, headers included."""

    port: int
    udp: socket.socket
    chunks: Queue[list[dict[str, Any]]] = field(default_factory=Queue[list[dict[str, Any]]])
    received: list[bytes] = field(default_factory=list[bytes])
    tests: Queue[list[dict[str, Any]]] = field(default_factory=Queue[list[dict[str, Any]]])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DD_TRACE_AGENT_URL": self.url,
            "DD_DOGSTATSD_URL": f"udp://127.0.0.1:{self.udp.getsockname()[1]}",
        }

    def spans(self) -> list[dict[str, Any]]:
        """The next that come together."""
        return self.chunks.get(timeout=PATIENCE)

    def points(self) -> list[SentPoint]:
        """Those of the next datagram."""
        datagram = self.udp.recv(65536)
        self.received.append(datagram)
        return [_point(line) for line in datagram.decode().splitlines()]


@contextmanager
def datadog_agent() -> Generator[DatadogAgent]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(PATIENCE)
        with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
            agent = DatadogAgent(server.server_address[1], udp)
            server.agent = agent  # type: ignore[attr-defined]
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield agent
            finally:
                server.shutdown()
                thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer({"endpoints": ["/v0.4/traces", "/v0.5/traces", "/evp_proxy/v2/", "/evp_proxy/v4/"]})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        agent: DatadogAgent = self.server.agent  # type: ignore[attr-defined]
        agent.received += [bytes(self.headers), body]
        if self.path == "/api/v2/citestcycle":
            agent.tests.put(msgpack.unpackb(gzip.decompress(body))["events"])
        elif self.path in ("/v0.4/traces", "/v0.5/traces"):
            for chunk in _decoded(self.path, body):
                agent.chunks.put(chunk)
        elif self.path == "/dogstatsd/v2/proxy":
            agent.udp.sendto(body, agent.udp.getsockname())
        self._answer({"rate_by_service": {}})

    do_PUT = do_POST  # noqa: N815

    def _answer(self, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002


def _decoded(path: str, body: bytes) -> list[list[dict[str, Any]]]:
    document = msgpack.unpackb(body, strict_map_key=False)
    if path == "/v0.5/traces":
        words, chunks = document
        return [[_span(words, values) for values in chunk] for chunk in chunks]
    for chunk in document:
        for span in chunk:
            struct = span.get("meta_struct", {})
            span["meta_struct"] = {key: msgpack.unpackb(value) for key, value in struct.items()}
    return document


def _span(words: list[str], values: list[Any]) -> dict[str, Any]:
    span = dict(zip(FIELDS, values, strict=True))
    span |= {key: words[span[key]] for key in ("service", "name", "resource", "type")}
    span["meta"] = {words[key]: words[value] for key, value in span["meta"].items()}
    span["metrics"] = {words[key]: value for key, value in span["metrics"].items()}
    return span


def _point(line: str) -> SentPoint:
    found = POINT.fullmatch(line)
    assert found, line
    tags = dict(pair.split(":", 1) for pair in found["tags"].split(","))
    return SentPoint(found["name"], float(found["value"]), found["type"], tags)
