"""`DatadogAccess` in memory: keys that begin with `good` are taken, and monitors are planned by the real rules."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cluster.datadog.agent.state import AgentCheck, AgentPod, AgentState, Match, Received
from cluster.datadog.dashboard.plan import DashboardPlan
from cluster.datadog.health.parts import Host, Hosts, Incident, Incidents, Metrics, Part, Series, Volume
from cluster.datadog.keys import KeyKind, KeySource
from cluster.datadog.monitors.definitions import MONITORS
from cluster.datadog.monitors.found import FoundMonitor
from cluster.datadog.monitors.plan import Plan, make_plan
from cluster.datadog.status import FOUND, WITHOUT, DatadogStatus, KeyStatus, Site
from screens.datadog.access import Look, Telemetry
from templates.errors import VibeCodeError
from templates.events import Event, Steps, stream

SITE = "datadoghq.eu"
HOW = "Make one on the page Organization Settings of Datadog, then `vibecode datadog key api` keeps it."
ABSENT = AgentState(
    "absent",
    "The Agent is not in the cluster; `vibecode datadog enable` puts it there.",
    checks=(AgentCheck("cpu", "the machine's processors"), AgentCheck("container", "each container's CPU and memory")),
)
RUNNING = AgentState(
    "failing",
    "1 of 2 pods are ready.",
    pods=(
        AgentPod("datadog-agent-x7k2p", "agent", True, "7.71.0", 0),
        AgentPod(
            "datadog-cluster-agent-5d", "cluster-agent", False, "7.71.0", 3, "it ends with code 1", ("panic: no site",)
        ),
    ),
    checks=(
        AgentCheck("container", "each container's CPU and memory", 1204, 0, 88000),
        AgentCheck("http_check", "whether each editor answers", 300, 2, 600, "timed out"),
    ),
    matches=(Match("traefik-5c", "traefik", "openmetrics", False),),
    received=Received(12, 34000, 560),
)


QUIET = Telemetry(
    False,
    "",
    ("VibeCode tells nobody of itself; `vibecode config set telemetry true` has it send this to an Agent:",),
    (
        ("Metrics", (("vibecode.launcher.commands", "commands that were run; by command"),)),
        ("Only where words are allowed (now off; `vibecode config set telemetry_words true` allows it)", (("", "a"),)),
        ("Never", (("", "keys, tokens and other secrets"), ("", "the details of errors"))),
    ),
)


def arrived(now: datetime) -> tuple[Part, ...]:
    """What was told half a minute ago."""
    at = now - timedelta(seconds=30)
    hosts = (Host("laptop", True, at), Host("old-laptop", False, at - timedelta(days=1)))
    series = (
        Series("Ingress requests", "sum:a", "", tuple(float(4 + number * 7 % 11) for number in range(60))),
        Series("Containers' memory", "sum:b", "B", tuple(2.0**29 + number * 2.0**22 for number in range(60))),
        Series("Workspaces up", "sum:c", "", ()),
        Series("Cluster's answer", "avg:d", "s", (None, 0.04, 0.05, 0.04)),
        Series("Models' tokens", "sum:e", "", (1200.0, None, 8400.0)),
    )
    return (
        Part("hosts", Hosts(2, hosts), at),
        Part("metrics", Metrics(at, series), at),
        Part("traces", Volume("spans", (("vibecode", 1200), ("demo", 40))), at),
        Part("logs", Volume("lines", (("demo", 5120), ("demo-postgresql", 80))), at),
        Part("incidents", Incidents(1, (Incident(174193, "Sign-in is down", "SEV-2", "active"),)), at),
    )


def found(monitor_id: str, state: str = "OK", since: str | None = None, number: int = 100) -> FoundMonitor:
    """A monitor of VibeCode as Datadog has it when nobody has changed it."""
    position = next(position for position, one in enumerate(MONITORS) if one.id == monitor_id)
    body = MONITORS[position].body("1.0")
    return FoundMonitor(**body, id=number + position, overall_state=state, overall_state_modified=since)


def everything(**states: tuple[str, str]) -> tuple[FoundMonitor, ...]:
    """All monitors, well since midnight but for those that are named, with `_` for `-`, as (state, since)."""
    well = ("OK", "2026-03-01T00:00:00+00:00")
    return tuple(found(one.id, *states.get(one.id.replace("-", "_"), well)) for one in MONITORS)


@dataclass
class FakeDatadog:
    """See `screens.datadog.access.DatadogAccess`; `error` meets whoever asks, `problem` whoever reads the monitors,
    `refuses` whoever keeps a key; `shown` are the plans that were applied.
    """

    keys: dict[KeyKind, str] = field(default_factory=dict[KeyKind, str])
    source: KeySource = "keyring"
    monitors: tuple[FoundMonitor, ...] = ()
    keeps: bool = True
    error: VibeCodeError | None = None
    problem: VibeCodeError | None = None
    refuses: VibeCodeError | None = None
    agent: AgentState = ABSENT
    parts: tuple[Part, ...] = ()
    dashboard: DashboardPlan | None = None
    telemetry: Telemetry = QUIET
    looks: int = 0
    shown: list[Plan] = field(default_factory=list[Plan])
    profiles: list[str] = field(default_factory=list[str])

    async def look(self) -> Look:
        self.looks += 1
        if self.error is not None:
            raise self.error
        api, app = self._key("api"), self._key("app")
        site = Site(SITE, FOUND) if api.state == "valid" else None
        status = DatadogStatus(site, api, app)
        seen = Look(status, self.agent, keeps=self.keeps, telemetry=self.telemetry)
        if not status.ok:
            return replace(seen, problem=self.problem)
        if self.problem is not None:
            return replace(seen, problem=self.problem, parts=self.parts)
        return replace(seen, monitors=self.monitors, parts=self.parts)

    def _key(self, kind: KeyKind) -> KeyStatus:
        key = self.keys.get(kind)
        if key is None:
            return KeyStatus(kind, "missing", WITHOUT[kind], HOW)
        if not key.startswith("good"):
            return KeyStatus(kind, "refused", "It was revoked, or is not whole.", HOW, self.source)
        return KeyStatus(kind, "valid", f"{SITE} takes it.", source=self.source)

    async def plan(self) -> Plan:
        if self.error is not None:
            raise self.error
        return replace(make_plan(MONITORS, self.monitors, "1.0"), dashboard=self.dashboard)

    def apply(self, shown: Plan) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            self.shown.append(shown)
            async with steps.step("write", "Writing the monitors"):
                self.monitors = everything()

        return stream(work)

    def destroy(self) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            async with steps.step("delete", "Deleting the monitors"):
                self.monitors = ()

        return stream(work)

    def enable(self, *, lite: bool) -> AsyncIterator[Event]:
        return self._becomes(RUNNING, "lite" if lite else "full")

    def disable(self) -> AsyncIterator[Event]:
        return self._becomes(ABSENT, "none")

    def _becomes(self, agent: AgentState, profile: str) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            async with steps.step("datadog", "Changing the cluster"):
                self.agent = agent
                self.profiles.append(profile)

        return stream(work)

    async def keep_key(self, kind: KeyKind, key: str) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.keys[kind] = key

    async def forget_key(self, kind: KeyKind) -> bool:
        return self.keys.pop(kind, None) is not None
