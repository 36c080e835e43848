"""What leaves the machine: the program's traces and metrics as an Agent receives them."""

import getpass
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.errors import ClusterUnreachableError
from launcher import __version__
from launcher.telemetry.metrics import METRICS
from launcher.telemetry.what import SPAN_TAGS, TRACES
from templates.project import Manifest, Project, ProjectFile
from tests.fakes.datadog_agent import DatadogAgent, SentPoint, datadog_agent
from tests.fakes.engine import FakeEngine
from tests.fakes.model_server import KEY, ModelServer, says
from tests.fakes.secrets import MemorySecrets
from tests.unit.launcher.conftest import Cli
from tests.unit.launcher.model_thread import model_server

EVERYWHERE = {"env": "local", "team": "vibecode", "component": "workspace", "engine": "kind", "outcome": "done"}
EDIT = "I do.\n\napp.py\n<<<<<<< SEARCH\nold = 1\n=======\nnew = 1\n>>>>>>> REPLACE\n"


@pytest.fixture
def agent(vibecode: Cli) -> Iterator[DatadogAgent]:
    """Telemetry is on, and an Agent there."""
    with datadog_agent() as agent:
        vibecode.environ |= {"VIBECODE_TELEMETRY": "on", **agent.environment}
        yield agent


@pytest.fixture
def model(vibecode: Cli, engine: FakeEngine) -> Iterator[ModelServer]:
    """A model that answers once, with an edit of the workspace `shop`."""
    engine.put("shop", Project(Manifest("Shop"), (ProjectFile("app.py", b"old = 1\n"),)))
    vibecode.services["secrets"] = MemorySecrets
    with model_server(says(EDIT, cost=0.01)) as server:
        vibecode.environ |= {"VIBECODE_AI_URL": server.url, "VIBECODE_AI_KEY": KEY}
        yield server


def named(points: list[SentPoint], name: str) -> SentPoint:
    return next(one for one in points if one.name == name)


def test_a_new_workspace_is_one_trace_with_a_span_for_each_step(vibecode: Cli, agent: DatadogAgent) -> None:
    assert vibecode("new", "static-site", "site", "--no-open").code == 0
    root, *steps = sorted(agent.spans(), key=lambda span: span["start"])

    assert root["name"] in TRACES
    assert (root["service"], root["name"], root["parent_id"]) == ("vibecode", "vibecode.workspace.create", 0)
    assert [span["resource"] for span in steps] == ["cluster", "workspace", "seed", "ready"]
    assert {span["name"] for span in steps} == {f"vibecode.workspace.create.{span['resource']}" for span in steps}
    assert {span["parent_id"] for span in steps} == {root["span_id"]}
    assert {span["trace_id"] for span in steps} == {root["trace_id"]}
    assert all(0 <= span["duration"] <= root["duration"] for span in steps)
    for span in (root, *steps):
        assert span["meta"].items() >= EVERYWHERE.items()
        told = {*SPAN_TAGS, "env", "version", "team"}
        assert {key for key in span["meta"] if not key.startswith("_dd.")} <= told
    assert root["meta"]["version"] == __version__


def test_a_step_that_fails_says_by_which_error(vibecode: Cli, engine: FakeEngine, agent: DatadogAgent) -> None:
    vibecode.engine = FakeEngine(engine.config, fails={"seed": ClusterUnreachableError("10.0.0.7 does not answer.")})
    assert vibecode("new", "static-site", "site", "--no-open").code == 1
    points, spans = agent.points(), {span["resource"]: span for span in agent.spans()}

    for span in (spans["seed"], spans["vibecode.workspace.create"]):
        assert span["error"] == 1
        assert span["meta"]["error.type"] == ClusterUnreachableError.code
        assert span["meta"]["error.message"] == ClusterUnreachableError.title
    assert spans["workspace"]["error"] == 0
    assert named(points, "vibecode.launcher.errors").tags.items() >= {
        ("command", "new"),
        ("code", "cluster-unreachable"),
    }
    assert b"10.0.0.7" not in b"".join(agent.received)


def test_metrics_carry_the_tags_that_everything_carries(vibecode: Cli, agent: DatadogAgent) -> None:
    vibecode("new", "static-site", "site", "--no-open")
    points = agent.points()

    for point in points:
        assert point.tags.items() >= {("env", "local"), ("service", "vibecode"), ("version", __version__)}
        assert point.tags["team"] == "vibecode"
        assert point.tags["component"] == point.name.split(".")[1]
    assert named(points, "vibecode.launcher.commands").tags["command"] == "new"
    assert 0 < named(points, "vibecode.launcher.startup_time").value < 60
    assert 0 < named(points, "vibecode.workspace.create_duration").value < 60
    assert named(points, "vibecode.workspace.create_duration").type == "d"


def test_a_metric_has_the_type_and_no_other_tags_than_are_told(
    vibecode: Cli, agent: DatadogAgent, model: ModelServer
) -> None:
    vibecode("list")
    listed = agent.points()
    vibecode("chat", "shop", "change it", "--json")
    told = {one.name: one for one in METRICS}

    for point in (*listed, *agent.points()):
        always = {"env", "service", "version", "team", "component"}
        assert point.type == told[point.name].type
        assert set(point.tags) - always <= set(told[point.name].tags)


def test_a_request_to_a_model_is_a_span_of_llm_observability(
    vibecode: Cli, agent: DatadogAgent, model: ModelServer
) -> None:
    assert vibecode("chat", "shop", "change it", "--json").code == 0
    points, [span] = agent.points(), agent.spans()
    said = span["meta_struct"]["_llmobs"]

    assert (span["name"], said["meta"]["span"]["kind"]) == ("vibecode.ai.request", "llm")
    assert (said["meta"]["model_name"], said["meta"]["model_provider"]) == ("some/model", "own")
    assert said["metrics"]["total_cost"] == 0.01
    assert said["metrics"]["input_tokens"] > 0 < said["metrics"]["output_tokens"]
    assert said["session_id"]
    assert not {"input", "output"} & said["meta"].keys()
    tokens = {one.tags["direction"]: one.value for one in points if one.name == "vibecode.ai.tokens"}
    assert tokens == {"prompt": said["metrics"]["input_tokens"], "completion": said["metrics"]["output_tokens"]}
    assert named(points, "vibecode.ai.cost").value == 0.01
    assert named(points, "vibecode.ai.requests").value == 1
    assert 0 <= named(points, "vibecode.ai.budget_share").value < 1


def test_what_was_said_goes_along_where_that_is_allowed(vibecode: Cli, agent: DatadogAgent, model: ModelServer) -> None:
    vibecode.environ["VIBECODE_TELEMETRY_WORDS"] = "on"
    vibecode("chat", "shop", "a wish of mine", "--json")
    meta = agent.spans()[0]["meta_struct"]["_llmobs"]["meta"]

    assert "a wish of mine" in meta["input"]["messages"][-1]["content"]
    assert meta["output"]["messages"][0]["content"] == EDIT


def test_no_word_path_or_name_of_a_person_leaves(
    vibecode: Cli, agent: DatadogAgent, model: ModelServer, tmp_path: Path
) -> None:
    folder = tmp_path / "alices-secret-plan"
    folder.mkdir()
    (folder / "diary.txt").write_text("Dear diary")
    vibecode.environ |= {"USER": "alice", "DD_API_KEY": "0123456789abcdef0123456789abcdef"}
    vibecode("import", str(folder), "--no-open")
    agent.points()
    agent.spans()
    vibecode("chat", "shop", "a wish of mine", "--json")
    agent.points()
    agent.spans()
    vibecode("open", "bobs-place")
    agent.points()
    everything = b"\n".join(agent.received).lower()

    words = ("alice", "bob", "diary", "secret-plan", "a wish of mine", "app.py", "old = 1", "new = 1", "shop", KEY)
    machine = (getpass.getuser(), socket.gethostname(), str(Path.home()), str(tmp_path), "0123456789abcdef0123")
    for word in (*words, *machine):
        assert word.lower().encode() not in everything.replace(b"127.0.0.1", b""), word


def test_lines_of_the_log_carry_the_trace(
    vibecode: Cli, engine: FakeEngine, agent: DatadogAgent, own_home: Path
) -> None:
    vibecode.engine = FakeEngine(engine.config, fails={"seed": ValueError("a defect")})
    vibecode("new", "static-site", "site", "--no-open")
    root = next(span for span in agent.spans() if not span["parent_id"])
    lines = [json.loads(line) for line in (own_home / "vibecode/logs/vibecode.log").read_text().splitlines()]
    failed = next(line for line in lines if line["message"] == "step seed failed")

    assert failed["dd.trace_id"].endswith(f"{root['trace_id']:016x}")
    assert failed["dd.span_id"] == str(root["span_id"])
    assert (failed["status"], failed["error.kind"]) == ("ERROR", "ValueError")
    assert (failed["dd.service"], failed["dd.env"], failed["dd.version"]) == ("vibecode", "local", __version__)
