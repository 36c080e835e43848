"""What Datadog tells of each kind of thing that arrives there, as records."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from cluster.datadog.errors import DatadogError
from cluster.datadog.sites import page_url

PartName = Literal["hosts", "metrics", "traces", "logs", "incidents"]


class About(NamedTuple):
    """A part's title, and its page in Datadog."""

    title: str
    page: str


PARTS: dict[PartName, About] = {
    "hosts": About("Hosts", "infrastructure"),
    "metrics": About("Metrics", "metric/summary?filter=vibecode."),
    "traces": About("Traces", "apm/traces?query=env%3Alocal"),
    "logs": About("Logs", "logs?query=env%3Alocal"),
    "incidents": About("Incidents", "incidents"),
}


@dataclass(frozen=True, slots=True)
class Host:
    """One machine with an Agent of VibeCode's; `reported` is when it was last heard of."""

    name: str
    up: bool
    reported: datetime | None

    def as_dict(self) -> dict[str, object]:
        return {"name": self.name, "up": self.up, "reported": _written(self.reported)}


@dataclass(frozen=True, slots=True)
class Hosts:
    """`total` counts those, too, that the answer did not list."""

    total: int
    hosts: tuple[Host, ...]

    @property
    def up(self) -> int:
        return sum(one.up for one in self.hosts)

    def as_dict(self) -> dict[str, object]:
        return {"reporting": self.up, "total": self.total, "hosts": [one.as_dict() for one in self.hosts]}


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of the last hour, the latest value last; None is a minute without any."""

    title: str
    query: str
    unit: Literal["", "s", "B"]
    values: tuple[float | None, ...]

    @property
    def last(self) -> float | None:
        return next((value for value in reversed(self.values) if value is not None), None)


@dataclass(frozen=True, slots=True)
class Metrics:
    """`last` is when the latest value of any came; None where none came within the hour."""

    last: datetime | None
    series: tuple[Series, ...]

    def as_dict(self) -> dict[str, object]:
        named = [{"title": one.title, "query": one.query, "unit": one.unit, "last": one.last} for one in self.series]
        return {"last": _written(self.last), "metrics": named}


@dataclass(frozen=True, slots=True)
class Volume:
    """How much came within the last hour of each service, the most first."""

    unit: Literal["spans", "lines"]
    services: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.services)

    def as_dict(self) -> dict[str, object]:
        return {"last_hour": self.total, "unit": self.unit, "services": dict(self.services)}


@dataclass(frozen=True, slots=True)
class Incident:
    number: int | None
    title: str
    severity: str
    state: str


@dataclass(frozen=True, slots=True)
class Incidents:
    """Those that are open; `newest` are some of `total`."""

    total: int
    newest: tuple[Incident, ...]

    def as_dict(self) -> dict[str, object]:
        newest = [
            {"number": one.number, "title": one.title, "severity": one.severity, "state": one.state}
            for one in self.newest
        ]
        return {"open": self.total, "newest": newest}


Told = Hosts | Metrics | Volume | Incidents


@dataclass(frozen=True, slots=True)
class Part:
    """What was `told` last and when; `error` is why it could not be asked anew."""

    name: PartName
    told: Told | None = None
    at: datetime | None = None
    error: DatadogError | None = None

    def as_dict(self, site: str) -> dict[str, object]:
        return {
            "told": self.told.as_dict() if self.told is not None else None,
            "at": _written(self.at),
            "url": page_url(site, PARTS[self.name].page),
            "problem": self.error.as_dict() if self.error is not None else None,
        }


def _written(time: datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time is not None else None
