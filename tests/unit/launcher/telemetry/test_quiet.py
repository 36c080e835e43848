"""What telemetry must not do: be there unasked, speak on the screen, make anybody wait."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from launcher.paths import find
from launcher.telemetry.agent import Agent, agent_of
from launcher.telemetry.metrics import COMMANDS
from launcher.telemetry.posting import Posting
from launcher.telemetry.recorder import EVERY, RECORDER, UNDER_WAY, Recorder, SpanUnderWay
from launcher.telemetry.records import Batch, ModelCall, Point, Span
from tests.fakes.datadog_agent import datadog_agent
from tests.unit.launcher.conftest import Cli

ROOT = Path(__file__).parents[4]
SPAN = Span(7, 8, 0, "vibecode.workspace.create", "vibecode.workspace.create", 10, 20, tags={"engine": "kind"})
POINT = Point("vibecode.launcher.commands", "c", 1, {"command": "list"})


def imported(environ: dict[str, str], *arguments: str) -> tuple[set[str], str]:
    """The modules that `vibecode` imports in a process of its own, and what else it says on standard error."""
    answer = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tests.fakes.program", *arguments],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = answer.stderr.splitlines()
    times = [line for line in lines if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip() for line in times}, "\n".join(line for line in lines if line not in times)


def timeless(text: str) -> str:
    return re.sub(r"\d+\.\d", "", text)


@contextmanager
def silent_agent() -> Iterator[str]:
    """The address of one that is connected to and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_off_nothing_of_it_is_imported() -> None:
    modules, _ = imported({}, "list")
    assert "launcher.cli" in modules
    assert [name for name in modules if name.startswith(("ddtrace", "launcher.telemetry"))] == []


def test_on_ddtrace_is_not_imported_either_and_nothing_is_said() -> None:
    modules, said = imported({"VIBECODE_TELEMETRY": "on", "DD_TRACE_AGENT_PORT": "1"}, "list")
    assert "launcher.telemetry.recording" in modules
    assert [name for name in modules if name.startswith("ddtrace")] == []
    assert said == ""


def test_the_screen_is_the_same_on_and_off(vibecode: Cli) -> None:
    vibecode("up")
    off = [vibecode("new", "static-site", "site", "--no-open"), vibecode("list")]
    vibecode("delete", "site", "--yes")
    vibecode.environ |= {"VIBECODE_TELEMETRY": "on", "DD_TRACE_AGENT_PORT": "1", "DD_DOGSTATSD_PORT": "1"}
    on = [vibecode("new", "static-site", "site", "--no-open"), vibecode("list")]

    assert [(one.code, timeless(one.out + one.err)) for one in on] == [
        (one.code, timeless(one.out + one.err)) for one in off
    ]


def test_nobody_waits_for_an_agent_that_never_answers(tmp_path: Path) -> None:
    with silent_agent() as url:
        there = {"DD_TRACE_AGENT_URL": url, "DD_DOGSTATSD_PORT": "1"}
        posting = Posting(there, find({"VIBECODE_HOME": str(tmp_path)}), "INFO", "vibecode")
        assert posting((SPAN,), ()) is True
        assert posting((SPAN,), ()) is False  # the first is still waiting, in a process of its own


def test_a_recorder_keeps_what_cannot_be_posted_yet() -> None:
    posted: list[tuple[Point, ...]] = []
    free = False

    def post(_: tuple[Span, ...], points: tuple[Point, ...]) -> bool:
        posted.append(points)
        return free

    recorder = Recorder(post)
    recorder.add(COMMANDS, 1, {"command": "list"})
    recorder.send()
    free = True
    recorder.add(COMMANDS, 1, {"command": "new"})
    recorder.send()
    recorder.send()

    assert [[point.tags["command"] for point in points] for points in posted] == [["list"], ["list", "new"]]


def test_a_program_that_goes_on_posts_now_and_then() -> None:
    now = 0.0
    posts: list[int] = []

    def post(_: tuple[Span, ...], points: tuple[Point, ...]) -> bool:
        posts.append(len(points))
        return True

    recorder = Recorder(post, clock=lambda: now)
    recorder.add(COMMANDS, 1)
    now = EVERY - 1
    recorder.add(COMMANDS, 1)
    assert posts == []
    now = EVERY
    recorder.finish(SPAN)
    assert posts == [2]


def test_a_batch_arrives_as_it_was() -> None:
    call = ModelCall("m", "own", "s", 3, 4, cost=0.5, first_token=0.1)
    asked = Span(2**100, 9, 8, "vibecode.ai.request", "vibecode.ai.request", 1, 2, {}, ["code", "Title"], call)
    batch = Batch("/log", "INFO", "/home", "vibecode", [SPAN, asked], [POINT])
    arrived = Batch.decoded(batch.encoded())

    assert arrived.encoded() == batch.encoded()
    assert (arrived.spans[1].trace, arrived.spans[1].call, arrived.points) == (
        2**100,
        call._replace(messages=[]),
        (POINT,),
    )


def test_a_span_below_another_is_of_its_trace() -> None:
    first = SpanUnderWay.begun(None, 0)
    below = SpanUnderWay.begun(first, 1)
    other = SpanUnderWay.begun(None, 1)

    assert (below.trace, below.parent) == (first.trace, first.id)
    assert len({first.id, below.id, other.id}) == 3
    assert other.trace != first.trace


def test_after_a_run_nothing_is_recorded_any_more(vibecode: Cli) -> None:
    with datadog_agent() as agent:
        vibecode.environ |= {"VIBECODE_TELEMETRY": "on", **agent.environment}
        assert vibecode("list").code == 0
        agent.points()
    assert (RECORDER.get(), UNDER_WAY.get()) == (None, None)


@pytest.mark.parametrize(
    ("environ", "traces", "metrics"),
    [
        ({}, "http://localhost:8126", "udp://localhost:8125"),
        ({"DD_AGENT_HOST": "box"}, "http://box:8126", "udp://box:8125"),
        ({"DD_AGENT_HOST": "::1", "DD_TRACE_AGENT_PORT": "1"}, "http://[::1]:1", "udp://[::1]:8125"),
        ({"DD_AGENT_HOST": "box", "DD_DOGSTATSD_HOST": "dog"}, "http://box:8126", "udp://dog:8125"),
        (
            {"DD_TRACE_AGENT_URL": "unix:///run/apm.socket", "DD_DOGSTATSD_URL": "unix:///run/dsd.socket"},
            "unix:///run/apm.socket",
            "unix:///run/dsd.socket",
        ),
    ],
)
def test_the_agent_is_where_datadogs_variables_say(environ: dict[str, str], traces: str, metrics: str) -> None:
    assert agent_of(environ) == Agent(traces, metrics)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://nowhere.invalid:8126", "http://", "unix:///no/socket", "x"]
)
def test_an_agent_that_is_not_there_does_not_answer(url: str) -> None:
    assert Agent(url, "").answers() is False
