"""What is measured of engines and of streams of events, by a recorder that keeps it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.datadog.monitors.definitions import MONITORS
from cluster.errors import ClusterUnreachableError
from launcher.telemetry.engine import observed_engine, pseudonym
from launcher.telemetry.metrics import METRICS
from launcher.telemetry.model import model_tag, provider_of
from launcher.telemetry.recorder import UNDER_WAY, Recorder
from launcher.telemetry.records import Point, Span
from launcher.telemetry.statsd import DATAGRAM, datagrams, line
from launcher.telemetry.steps import traced
from templates.errors import CancelledError
from templates.events import Event, StepDone, Steps, stream
from templates.project import Manifest, Project
from tests.fakes.engine import FakeEngine

BY_AGENT = {"vibecode.ingress.requests.count", "vibecode.ingress.request_duration"}
"""What Datadog's Agent makes of Traefik's own metrics."""


class Kept:
    """A recorder, and what it was told."""

    def __init__(self, *, words: bool = False) -> None:
        self.spans: list[Span] = []
        self.points: list[Point] = []
        self.recorder = Recorder(self._post, words)

    def read(self) -> "Kept":
        self.recorder.send()
        return self

    def value(self, name: str) -> list[float]:
        return [one.value for one in self.points if one.name == name]

    def _post(self, spans: tuple[Span, ...], points: tuple[Point, ...]) -> bool:
        self.spans += spans
        self.points += points
        return True


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    engine = FakeEngine(ClusterConfig(home=tmp_path, memory="1Gi"))
    engine.put("shop", Project(Manifest("Shop"), ()))
    return engine


async def drain(events: AsyncIterator[Event]) -> None:
    async for _ in events:
        pass


async def test_what_an_engine_answers_is_measured(engine: FakeEngine) -> None:
    kept = Kept()
    observed = observed_engine(engine, kept.recorder, engine.config)
    assert await observed.workspaces() == await engine.workspaces()
    assert await observed.usage() == await engine.usage()
    kept.read()

    assert set(kept.value("vibecode.cluster.up")) == {1}
    assert kept.value("vibecode.cluster.memory_used") == [150 * 2**20]
    assert [0 < value < 1 for value in kept.value("vibecode.cluster.disk_used")] == [True]
    assert [0 <= value < 60 for value in kept.value("vibecode.cluster.api_duration")] == [True]
    assert set(kept.value("vibecode.workspace.up")) == {1}
    assert kept.value("vibecode.workspace.memory_share") == [150 / 1024]
    assert {one.tags["workspace"] for one in kept.points if "workspace" in one.tags} == {pseudonym("shop")}


@pytest.mark.parametrize(
    ("traefik", "up"),
    [
        ({"traefik": "v3.5 (ready)"}, [1]),
        ({"traefik": "v3.5 (not ready)"}, [0]),
        ({"traefik": "not there"}, [0]),
        ({}, []),
    ],
)
async def test_the_ingress_is_up_where_the_status_says_so(
    engine: FakeEngine, traefik: dict[str, str], up: list[int]
) -> None:
    kept = Kept()
    engine.parts = traefik
    await observed_engine(engine, kept.recorder, engine.config).status()

    assert kept.read().value("vibecode.ingress.up") == up


async def test_a_cluster_that_is_lost_is_down(engine: FakeEngine) -> None:
    kept = Kept()
    observed = observed_engine(engine, kept.recorder, engine.config)
    watching = observed.watch()
    await anext(watching)
    engine.lose(ClusterUnreachableError("It is gone."))
    with pytest.raises(ClusterUnreachableError):
        await anext(watching)
    await watching.aclose()

    assert kept.read().value("vibecode.cluster.up") == [1, 0]


async def test_workspaces_have_their_names_where_words_are_allowed(engine: FakeEngine) -> None:
    kept = Kept(words=True)
    await observed_engine(engine, kept.recorder, engine.config).workspaces()

    assert {one.tags["workspace"] for one in kept.read().points if "workspace" in one.tags} == {"shop"}


async def test_what_is_not_measured_is_the_engines_own(engine: FakeEngine) -> None:
    observed = observed_engine(engine, Kept().recorder, engine.config)
    assert observed.name == "kind"
    assert (await observed.workspace("shop")).name == "shop"


@pytest.mark.parametrize("operation", ["start", "stop", "delete"])
async def test_each_change_of_a_workspace_is_a_trace_by_its_name(engine: FakeEngine, operation: str) -> None:
    kept = Kept()
    await drain(getattr(observed_engine(engine, kept.recorder, engine.config), operation)("shop"))
    *steps, root = kept.read().spans

    assert (root.name, root.parent, root.tags["outcome"]) == (f"vibecode.workspace.{operation}", 0, "done")
    assert {step.parent for step in steps} == {root.id}


async def test_an_engine_that_comes_and_goes_is_two_traces(tmp_path: Path) -> None:
    kept, config = Kept(), ClusterConfig(home=tmp_path)
    observed = observed_engine(FakeEngine(config), kept.recorder, config)
    await drain(observed.up())
    await drain(observed.down())
    roots = [span for span in kept.read().spans if not span.parent]

    assert [span.name for span in roots] == ["vibecode.cluster.up", "vibecode.cluster.down"]
    assert {span.parent for span in kept.spans} == {0, *(root.id for root in roots)}


async def test_work_that_nobody_follows_to_its_end_is_left(engine: FakeEngine) -> None:
    kept = Kept()
    events = traced(
        engine.create("other", Project(Manifest("Other"), ())), "vibecode.workspace.create", kept.recorder, {}
    )
    async for event in events:
        if isinstance(event, StepDone) and event.step == "workspace":
            break
    await events.aclose()
    spans = {span.resource: span.tags["outcome"] for span in kept.read().spans}

    assert spans["workspace"] == "done"
    assert spans["vibecode.workspace.create"] == "left"
    assert kept.value("vibecode.workspace.create_duration") == []


async def test_work_that_is_stopped_is_no_error() -> None:
    async def work(steps: Steps) -> None:
        async with steps.step("seed", "Seeding"):
            raise CancelledError("The person stopped it.")

    kept = Kept()
    with pytest.raises(CancelledError):
        await drain(traced(stream(work), "vibecode.workspace.create", kept.recorder, {}))

    assert [(span.tags["outcome"], span.error) for span in kept.read().spans] == [("stopped", ())] * 2


async def test_a_steps_name_that_is_not_a_plain_word_is_not_told() -> None:
    async def work(steps: Steps) -> None:
        async with steps.step("/home/alice/diary.txt", "Reading"):
            pass

    kept = Kept()
    await drain(traced(stream(work), "vibecode.workspace.create", kept.recorder, {}))

    assert [span.resource for span in kept.read().spans] == ["other", "vibecode.workspace.create"]


async def test_work_within_work_is_of_the_same_trace() -> None:
    kept = Kept()
    seen: list[int] = []

    async def inner(steps: Steps) -> None:
        async with steps.step("pod", "Waiting"):
            under_way = UNDER_WAY.get()
            assert under_way is not None
            seen.append(under_way.id)

    async def outer(steps: Steps) -> None:
        async for event in traced(stream(inner), "vibecode.cluster.up", kept.recorder, {}):
            steps.pass_on(event)

    await drain(traced(stream(outer), "vibecode.workspace.create", kept.recorder, {}))
    spans = {span.name: span for span in kept.read().spans}

    assert spans["vibecode.cluster.up"].parent == spans["vibecode.workspace.create"].id
    assert seen == [spans["vibecode.cluster.up"].id]
    assert len({span.trace for span in spans.values()}) == 1
    assert UNDER_WAY.get() is None


def test_monitors_ask_for_metrics_that_are_sent() -> None:
    asked = {
        name
        for monitor in MONITORS
        for name in re.findall(r"vibecode\.[a-z]+\.[a-z_]+(?:\.count)?", monitor.expression)
    }
    sent = {metric.name for metric in METRICS}

    assert asked - sent == BY_AGENT


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("openai/gpt-5", "openai/gpt-5"),
        ("qwen3:8b", "qwen3:8b"),
        ("/home/alice/models/small.gguf", "small.gguf"),
        ("~/models/small.gguf", "small.gguf"),
        ("C:\\Users\\alice\\small.gguf", "small.gguf"),
    ],
)
def test_of_a_path_to_a_model_only_its_end_is_told(model: str, told: str) -> None:
    assert model_tag(model) == told


@pytest.mark.parametrize(
    ("server", "provider"),
    [("https://openrouter.ai/api/v1", "openrouter"), ("http://alices-box.lan:11434/v1", "own"), ("", "own")],
)
def test_of_a_server_only_its_kind_is_told(server: str, provider: str) -> None:
    assert provider_of(server) == provider


@pytest.mark.parametrize(
    ("point", "text"),
    [
        (Point("vibecode.a.b", "c", 1, {}), "vibecode.a.b:1|c|#env:local"),
        (Point("vibecode.a.b", "d", 0.25, {"x": "Y z"}), "vibecode.a.b:0.25|d|#env:local,x:y_z"),
        (Point("vibecode.a.b", "g", 1e6, {"x": "a,b|#c\nd"}), "vibecode.a.b:1000000|g|#env:local,x:a_b__c_d"),
    ],
)
def test_a_point_is_one_line(point: Point, text: str) -> None:
    assert line(point, {"env": "local"}) == text


def test_lines_go_together_as_far_as_they_fit() -> None:
    lines = ["a" * 600, "b" * 600, "c" * 600, "d" * (DATAGRAM + 1), "e"]
    assert [one.decode().split("\n") for one in datagrams(lines)] == [lines[:2], lines[2:3], lines[3:4], lines[4:]]
