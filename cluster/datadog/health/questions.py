"""What is asked of Datadog's API about what arrives there, and how its answers are read.

Sources: https://docs.datadoghq.com/api/latest/ (hosts, metrics, spans, logs, incidents), each with the scope that it
needs; 300 aggregations of spans an hour are allowed, and as many of logs.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ValidationError

from cluster.datadog.client import DatadogApi
from cluster.datadog.errors import DatadogAnswerError, DatadogOutageError
from cluster.datadog.health.parts import (
    Host,
    Hosts,
    Incident,
    Incidents,
    Metrics,
    PartName,
    Series,
    Told,
    Volume,
)
from cluster.datadog.monitors.monitor import MANAGED_TAG
from cluster.datadog.tags import ENV

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MOST = 100
"""Hosts, services and incidents that are listed."""
UNNAMED = "without a service"

MAIN: tuple[tuple[str, Literal["", "s", "B"], str], ...] = (
    ("Ingress requests", "", f"sum:vibecode.ingress.requests.count{{env:{ENV}}}.as_count()"),
    ("Containers' memory", "B", f"sum:container.memory.usage{{env:{ENV}}}"),
    ("Workspaces up", "", f"sum:vibecode.workspace.up{{env:{ENV}}}"),
    ("Cluster's answer", "s", f"avg:vibecode.cluster.api_duration{{env:{ENV}}}"),
    ("Models' tokens", "", f"sum:vibecode.ai.tokens{{env:{ENV}}}.as_count()"),
)
"""The metrics that are shown: title, unit, query. The Agent sends the first two, the program the rest."""

Ask = Callable[[DatadogApi, datetime], Awaitable[Told]]
Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Question:
    """`every` is how long an answer is good enough; `scope` is what the application key must have."""

    part: PartName
    scope: str
    every: timedelta
    ask: Ask


def _list(value: Any) -> Any:
    """The API writes null for an empty list."""
    return [] if value is None else value


class _Host(BaseModel):
    name: str = ""
    up: bool | None = None
    last_reported_time: float | None = None


class _Hosts(BaseModel):
    host_list: Annotated[list[_Host], BeforeValidator(_list)]
    total_matching: int


async def _hosts(api: DatadogApi, _: datetime) -> Told:
    query = {"filter": MANAGED_TAG, "count": MOST, "sort_field": "status", "sort_dir": "desc"}
    found = _read(_Hosts, await api.request("GET", "/api/v1/hosts", query=query))
    hosts = [Host(one.name, bool(one.up), _time(one.last_reported_time)) for one in found.host_list]
    return Hosts(found.total_matching, tuple(hosts))


class _Series(BaseModel):
    query_index: int


class _Points(BaseModel):
    series: Annotated[list[_Series], BeforeValidator(_list)]
    times: Annotated[list[int], BeforeValidator(_list)]
    values: Annotated[list[list[float | None]], BeforeValidator(_list)]


class _PointsData(BaseModel):
    attributes: _Points


class _Metrics(BaseModel):
    data: _PointsData


async def _metrics(api: DatadogApi, now: datetime) -> Told:
    names = [f"q{number}" for number in range(len(MAIN))]
    attributes = {
        "from": _milliseconds(now - HOUR),
        "to": _milliseconds(now),
        "interval": int(MINUTE.total_seconds() * 1000),
        "queries": [
            {"data_source": "metrics", "name": name, "query": query}
            for name, (_, _, query) in zip(names, MAIN, strict=True)
        ],
        "formulas": [{"formula": name} for name in names],
    }
    body = {"data": {"type": "timeseries_request", "attributes": attributes}}
    points = _read(_Metrics, await api.request("POST", "/api/v2/query/timeseries", body=body)).data.attributes
    by_index = {one.query_index: values for one, values in zip(points.series, points.values, strict=False)}
    series = [
        Series(title, query, unit, tuple(by_index.get(number, ()))) for number, (title, unit, query) in enumerate(MAIN)
    ]
    came = [
        time for values in by_index.values() for time, value in zip(points.times, values, strict=False)
        if value is not None
    ]  # fmt: skip
    return Metrics(_time(max(came) / 1000) if came else None, tuple(series))


class _Meta(BaseModel):
    status: str | None = None


class _Span(BaseModel):
    by: Mapping[str, Any] = {}
    compute: Mapping[str, Any]


class _SpanBucket(BaseModel):
    attributes: _Span


class _Spans(BaseModel):
    data: Annotated[list[_SpanBucket], BeforeValidator(_list)]
    meta: _Meta = _Meta()


async def _traces(api: DatadogApi, _: datetime) -> Told:
    body = {"data": {"type": "aggregate_request", "attributes": _counted_by_service()}}
    answer = _read(_Spans, await api.request("POST", "/api/v2/spans/analytics/aggregate", body=body))
    return _volume("spans", [(one.attributes.by, one.attributes.compute) for one in answer.data], answer.meta)


class _LogBucket(BaseModel):
    by: Mapping[str, Any] = {}
    computes: Mapping[str, Any]


class _LogBuckets(BaseModel):
    buckets: Annotated[list[_LogBucket], BeforeValidator(_list)] = []


class _Logs(BaseModel):
    data: _LogBuckets
    meta: _Meta = _Meta()


async def _logs(api: DatadogApi, _: datetime) -> Told:
    answer = _read(_Logs, await api.request("POST", "/api/v2/logs/analytics/aggregate", body=_counted_by_service()))
    return _volume("lines", [(one.by, one.computes) for one in answer.data.buckets], answer.meta)


def _counted_by_service() -> dict[str, Any]:
    most_first = {"aggregation": "count", "order": "desc", "type": "measure"}
    return {
        "compute": [{"aggregation": "count", "type": "total"}],
        "filter": {"query": f"env:{ENV}", "from": "now-1h", "to": "now"},
        "group_by": [{"facet": "service", "limit": MOST, "missing": UNNAMED, "sort": most_first}],
    }


def _volume(
    unit: Literal["spans", "lines"], buckets: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], meta: _Meta
) -> Volume:
    if meta.status == "timeout":
        raise DatadogOutageError("Datadog did not count them all in time.")
    counted = [(str(by.get("service") or UNNAMED), _number(values.get("c0"))) for by, values in buckets]
    return Volume(unit, tuple(sorted(counted, key=lambda one: -one[1])))


class _Attributes(BaseModel):
    public_id: int | None = None
    title: str = ""
    severity: str | None = None
    state: str | None = None


class _IncidentData(BaseModel):
    attributes: _Attributes


class _Incident(BaseModel):
    data: _IncidentData


class _Found(BaseModel):
    total: int
    incidents: Annotated[list[_Incident], BeforeValidator(_list)] = []


class _FoundData(BaseModel):
    attributes: _Found


class _Incidents(BaseModel):
    data: _FoundData


async def _incidents(api: DatadogApi, _: datetime) -> Told:
    query = {"query": "state:(active OR stable)", "sort": "-created", "page[size]": MOST}
    found = _read(_Incidents, await api.request("GET", "/api/v2/incidents/search", query=query)).data.attributes
    listed = [one.data.attributes for one in found.incidents]
    return Incidents(
        found.total,
        tuple(Incident(one.public_id, one.title, one.severity or "UNKNOWN", one.state or "") for one in listed),
    )


QUESTIONS = (
    Question("hosts", "hosts_read", MINUTE, _hosts),
    Question("metrics", "timeseries_query", MINUTE, _metrics),
    Question("traces", "apm_read", 3 * MINUTE, _traces),
    Question("logs", "logs_read_data", 3 * MINUTE, _logs),
    Question("incidents", "incident_read", 3 * MINUTE, _incidents),
)


def _read(shape: type[Shape], answer: Any) -> Shape:
    try:
        return shape.model_validate(answer)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise DatadogAnswerError(f"The answer is not as documented, at {where or 'its start'}.") from None


def _number(value: Any) -> int:
    if isinstance(value, int | float):
        return int(value)
    raise DatadogAnswerError("The answer is not as documented: a count is no number.")


def _time(seconds: float | None) -> datetime | None:
    """Of seconds since 1970; what is none is not known."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)
