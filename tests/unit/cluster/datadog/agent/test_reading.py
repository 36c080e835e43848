"""The Agent's state: without it, while it starts, where it crashes, and with its own status."""

import json
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from cluster.config import ClusterConfig
from cluster.datadog.agent.install import enable
from cluster.datadog.agent.names import AGENT, NAMESPACE
from cluster.datadog.agent.pods import trouble
from cluster.datadog.agent.reading import agent_state
from cluster.datadog.agent.senders import unaware_workspaces
from cluster.kube.api import Kube
from cluster.manifests.labels import EDITORS, WORKSPACE_LABEL, WORKSPACES_NAMESPACE
from cluster.manifests.system import system_objects
from tests.fakes.kube_server import FakeKubeServer
from tests.unit.cluster.datadog.agent.conftest import API_KEY, CONFIG

STATUS = {"version": "7.84.2", "runnerStats": {"Checks": {"openmetrics": {"openmetrics:1": {"TotalRuns": 1}}}}}


@pytest.fixture
async def traefik(kube: Kube) -> None:
    for one in system_objects(ClusterConfig(home=Path("unused"))):
        await kube.apply(one)
    async with aclosing(kube.watch("Pod", "vibecode-system")) as pods:
        async for _ in pods:
            return


@pytest.fixture
async def enabled(kube: Kube, traefik: None) -> None:
    async for _ in enable(kube, CONFIG, API_KEY):
        pass


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `agent status --json` prints in the Agent's container."""
    answer, program = tmp_path / "status.json", tmp_path / "agent"
    program.write_text(f'#!/bin/sh\n[ "$*" = "status --json" ] && cat {answer}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    answer.write_text(json.dumps(STATUS))
    return answer


async def test_without_an_agent_it_says_what_would_be_collected(kube: Kube, traefik: None) -> None:
    state = await agent_state(kube)

    assert state.state == "absent"
    assert "vibecode datadog enable" in state.detail
    assert {"kubelet", "containerd", "openmetrics"} <= {one.name for one in state.checks if one.collects}
    assert [(one.container, one.check, one.found) for one in state.matches] == [("traefik", "openmetrics", None)]


async def test_the_agents_own_status_tells_checks_and_matches(kube: Kube, enabled: None, told: Path) -> None:
    state = await agent_state(kube)

    assert (state.state, state.detail) == ("running", "The Agent 7.84.2 runs in the cluster.")
    assert {(pod.role, pod.ready, pod.version) for pod in state.pods} == {
        ("agent", True, "7.84.2"),
        ("cluster-agent", True, "7.84.2"),
    }
    assert [(one.name, one.runs) for one in state.checks] == [("openmetrics", 1)]
    assert [one.found for one in state.matches] == [True]
    assert json.loads(json.dumps(state.as_dict()))["state"] == "running"


async def test_a_check_that_the_agent_does_not_run_is_not_found(kube: Kube, enabled: None, told: Path) -> None:
    told.write_text(json.dumps({"version": "7"}))
    assert [one.found for one in (await agent_state(kube)).matches] == [False]


async def test_an_agent_that_does_not_tell_is_said_to(kube: Kube, enabled: None, told: Path) -> None:
    told.write_text("Error: unable to read authentication token")
    state = await agent_state(kube)
    assert state.state == "running"
    assert "does not tell its own status" in state.detail
    assert "kubelet" in {one.name for one in state.checks}


async def test_a_crash_loop_is_told_with_its_log(kube: Kube, enabled: None, server: FakeKubeServer) -> None:
    [pod] = await kube.list("Pod", NAMESPACE, labels={"app.kubernetes.io/name": AGENT})
    name = pod["metadata"]["name"]
    server.say(NAMESPACE, name, "Error: the API key is not valid")
    status = {
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": "False"}],
        "containerStatuses": [crashing(AGENT, {"exitCode": 1})],
    }
    await kube.patch("Pod", name, NAMESPACE, {"status": status}, subresource="status")
    state = await agent_state(kube)

    assert state.state == "failing"
    [ill] = [one for one in state.pods if not one.ready]
    assert (ill.restarts, ill.log) == (4, ("Error: the API key is not valid",))
    assert "CrashLoopBackOff" in state.detail
    assert "exit code 1" in state.detail


def crashing(name: str, ended: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "restartCount": 4,
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 1m20s restarting"}},
        "lastState": {"terminated": ended},
    }


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"containerStatuses": [crashing("agent", {"exitCode": 137, "reason": "OOMKilled"})]}, "more memory"),
        ({"initContainerStatuses": [crashing("init-config", {"exitCode": 2})]}, "init-config does not start"),
        ({"containerStatuses": [{"image": "x/y:1", "state": {"waiting": {"reason": "ErrImagePull"}}}]}, "x/y:1 cannot"),
        ({"conditions": [{"type": "PodScheduled", "status": "False", "message": "0/1 nodes"}]}, "no place for it"),
        ({"phase": "Failed", "reason": "Evicted", "message": "low on memory"}, "Evicted"),
    ],
)
def test_trouble_is_told_in_words(status: dict[str, Any], words: str) -> None:
    found = trouble({"metadata": {"name": "agent-1"}, "status": status})
    assert found is not None
    assert words in found.words


@pytest.mark.parametrize(
    "state", [{"running": {}}, {"waiting": {"reason": "ContainerCreating"}}, {"waiting": {"reason": "PodInitializing"}}]
)
def test_what_runs_or_is_on_its_way_is_no_trouble(state: dict[str, Any]) -> None:
    assert (
        trouble({"metadata": {"name": "a"}, "status": {"containerStatuses": [{"name": "a", "state": state}]}}) is None
    )


async def test_workspaces_that_started_before_it_are_named(kube: Kube, server: FakeKubeServer, enabled: None) -> None:
    for name, started in (("old", "2020-01-01T00:00:00Z"), ("new", "2999-01-01T00:00:00Z")):
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": WORKSPACES_NAMESPACE, "labels": {**EDITORS, WORKSPACE_LABEL: name}},
            "spec": {"containers": [{"name": "editor", "image": "any"}]},
            "status": {"phase": "Running", "startTime": started},
        }
        await kube.create(pod)
    assert await unaware_workspaces(kube) == ("old",)
