"""Datadog's HTTP API as it is documented, over real HTTP: sites, keys, what arrives, monitors, dashboards, limits.

Sources: https://docs.datadoghq.com/api/latest/ (authentication, monitors, rate limits); the refusals' words and the
fields that the API adds to a monitor are those of the recorded answers in datadog-api-client-python's tests.
"""

import json
import re
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.datadog_health import arrived

API_KEY = "0123456789abcdef0123456789abcdef"
APP_KEY = "fedcba9876543210fedcba9876543210fedcba98"
Monitor = dict[str, Any]
Dashboard = dict[str, Any]


@dataclass(frozen=True)
class Request:
    method: str
    site: str
    path: str
    query: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Answer:
    status: int
    body: object
    headers: dict[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def error(cls, status: int, *words: str, **headers: str) -> "Answer":
        return cls(status, {"errors": list(words)}, {name.replace("_", "-"): value for name, value in headers.items()})


def limited(seconds: str = "3") -> Answer:
    headers = {"X_RateLimit_Limit": "10", "X_RateLimit_Period": "60", "X_RateLimit_Remaining": "0"}
    return Answer.error(429, "Too many requests", X_RateLimit_Reset=seconds, X_RateLimit_Name="monitors", **headers)


@dataclass
class DatadogServer:
    """The keys are good at `site` alone; `disturb` may answer a request in the API's place."""

    site: str = "datadoghq.eu"
    may_write: bool = True
    app_key: str = APP_KEY
    disturb: Callable[[Request], Answer | None] = lambda _: None
    monitors: dict[int, Monitor] = field(default_factory=dict[int, Monitor])
    dashboards: dict[str, Dashboard] = field(default_factory=dict[str, Dashboard])
    may_see_dashboards: bool = True
    health: dict[tuple[str, str], object] = field(default_factory=arrived)
    requests: list[Request] = field(default_factory=list[Request])
    address: str = ""

    def url_of(self, site: str) -> str:
        return f"{self.address}/{site}"

    def made(self, *methods: str) -> list[tuple[str, str]]:
        """Methods and paths of the requests, of these methods alone where some are named."""
        return [(one.method, one.path) for one in self.requests if not methods or one.method in methods]

    def put(self, **monitor: Any) -> int:
        """A monitor as the API keeps it: with an id, and with what it adds."""
        number = 100 + len(self.monitors)
        kind = monitor.get("type", "query alert").replace("metric alert", "query alert")
        added = {"notify_audit": False, "silenced": {}, "new_host_delay": 300}
        kept = {"tags": [], "message": "", "priority": None, "name": "", "overall_state": "No Data", **monitor}
        self.monitors[number] = kept | {"id": number, "type": kind, "options": added | monitor.get("options", {})}
        return number

    def put_dashboard(self, **dashboard: Any) -> str:
        """A dashboard as the API keeps it: with ids, and null for what is not set."""
        number = f"abc-def-{len(self.dashboards):03}"
        unset = {"notify_list": None, "template_variables": None, "tags": None, "reflow_type": None}
        self.dashboards[number] = unset | _numbered(dashboard) | {"id": number, "author_handle": "you@example.com"}
        return number

    def answer(self, request: Request, api_key: str, app_key: str) -> Answer:
        if disturbed := self.disturb(request):
            return disturbed
        if request.path == "/api/v1/validate":
            valid = request.site == self.site and api_key == API_KEY
            return Answer(200, {"valid": True}) if valid else Answer.error(403, "Forbidden")
        if request.site != self.site or api_key != API_KEY or app_key != self.app_key:
            return Answer.error(403, "Forbidden")
        if request.path == "/api/v2/validate_keys":
            return Answer(200, {"status": "ok"})
        if (request.method, request.path) in self.health:
            return Answer(200, self.health[request.method, request.path])
        if request.method != "GET" and not self.may_write:
            return Answer.error(403, "Forbidden: missing required scope monitors_write")
        if request.path.startswith("/api/v1/dashboard"):
            return self._dashboard(request) if self.may_see_dashboards else Answer.error(403, "Forbidden")
        return self._monitor(request)

    def _dashboard(self, request: Request) -> Answer:
        number = request.path.removeprefix("/api/v1/dashboard").removeprefix("/")
        if number and number not in self.dashboards:
            return Answer.error(404, f"Dashboard with ID {number} not found")
        match request.method:
            case "GET" if not number:
                start, count = int(request.query.get("start", 0)), int(request.query.get("count", 100))
                listed = [
                    {key: one[key] for key in ("id", "title", "description", "layout_type")}
                    for one in self.dashboards.values()
                ]
                return Answer(200, {"dashboards": listed[start : start + count]})
            case "POST":
                if "widgets" not in request.body:
                    return Answer.error(400, "Invalid value for widgets")
                return Answer(200, self.dashboards[self.put_dashboard(**request.body)])
            case "PUT":
                self.dashboards[number] |= _numbered(request.body)
            case "DELETE":
                del self.dashboards[number]
                return Answer(200, {"deleted_dashboard_id": number})
        return Answer(200, self.dashboards[number])

    def _monitor(self, request: Request) -> Answer:
        number = int((re.findall(r"^/api/v1/monitor/(\d+)$", request.path) or ["0"])[0])
        match request.method, request.path:
            case "GET", "/api/v1/monitor":
                return Answer(200, self._page(request.query))
            case "POST", "/api/v1/monitor/validate":
                return _judged(request.body) or Answer(200, {})
            case "POST", "/api/v1/monitor":
                return _judged(request.body) or Answer(200, self.monitors[self.put(**request.body)])
            case (("PUT" | "DELETE"), _) if number not in self.monitors:
                return Answer.error(404, "Monitor not found")
            case "PUT", _:
                self.monitors[number] |= request.body
                return Answer(200, self.monitors[number])
            case "DELETE", _:
                del self.monitors[number]
                return Answer(200, {"deleted_monitor_id": number})
            case _:
                return Answer.error(404, "Not found")

    def _page(self, query: dict[str, str]) -> list[Monitor]:
        wanted = set(filter(None, query.get("monitor_tags", "").split(",")))
        found = [one for one in self.monitors.values() if wanted <= set(one["tags"])]
        size = int(query.get("page_size", 100))
        start = int(query["page"]) * size if "page" in query else 0
        return found[start : start + size] if "page" in query else found


def _numbered(value: Any, key: str = "") -> Any:
    """With an id for each widget, as the API gives one."""
    if isinstance(value, dict):
        table: dict[str, Any] = value
        return {name: _numbered(one, name) for name, one in table.items()}
    if isinstance(value, list):
        listed: list[Any] = value
        if key == "widgets":
            return [{**_numbered(one), "id": 4285503924196827 + number} for number, one in enumerate(listed)]
        return [_numbered(one) for one in listed]
    return value


def _judged(monitor: Monitor) -> Answer | None:
    """The refusal of a query that is none, or whose threshold is another than that of the options."""
    found = re.search(r"^\w+\(.*last_\d+[mhdw].*\):.+ (<=|>=|<|>) (-?[\d.]+)$", monitor["query"])
    if not found:
        return Answer.error(400, "The value provided for parameter 'query' is invalid: invalid operator specified: ")
    critical = float(monitor["options"]["thresholds"]["critical"])
    if critical != float(found[2]):
        words = f"Critical threshold ({critical}) does not match that used in the query ({float(found[2])})."
        return Answer.error(400, words)
    return None


@contextmanager
def datadog_server(**settings: Any) -> Generator[DatadogServer]:
    """Serves until the block is left."""
    fake = DatadogServer(**settings)

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            _, site, path = parts.path.split("/", 2)
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            request = Request(self.command, site, f"/{path}", query, json.loads(content) if content else None)
            fake.requests.append(request)
            keys = (self.headers.get("DD-API-KEY", ""), self.headers.get("DD-APPLICATION-KEY", ""))
            answer = fake.answer(request, *keys)
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  # the base class' own names

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
