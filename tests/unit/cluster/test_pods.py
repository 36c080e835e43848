from typing import Any

import pytest

from cluster.errors import ImagePullError, WorkspaceFailedError
from cluster.pods import current_pod, pod_state


def pod(name: str = "demo-1", *, created: str = "2026-01-01T00:00:00Z", deleted: bool = False, **status: Any) -> Any:
    meta = {"name": name, "creationTimestamp": created} | ({"deletionTimestamp": created} if deleted else {})
    return {"metadata": meta, "status": status}


def editor(**state: Any) -> Any:
    last = state.pop("last", {})
    return [{"name": "editor", "image": "some/image:1", "state": state, "lastState": last}]


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (pod(), "preparing the volume"),
        (
            pod(conditions=[{"type": "PodScheduled", "status": "False", "message": "0/1 nodes: Insufficient memory"}]),
            "waiting for a place on the node: 0/1 nodes: Insufficient memory",
        ),
        (pod(containerStatuses=editor(waiting={"reason": "ContainerCreating"})), "preparing the container"),
        (pod(deleted=True, containerStatuses=editor(running={})), "the old pod is ending"),
        (
            pod(phase="Failed", reason="Evicted", message="The node was low on resource: memory."),
            "the pod was ended (Evicted): The node was low on resource: memory.",
        ),
        (
            pod(containerStatuses=editor(terminated={"exitCode": 137})),
            "the editor ended with exit code 137 and is started again",
        ),
    ],
)
def test_a_pod_that_may_still_come_up_is_told_in_words(one: Any, words: str) -> None:
    state = pod_state(one)
    assert (state.running, state.words, state.error) == (False, words, None)


def test_a_running_container_is_running() -> None:
    assert pod_state(pod(containerStatuses=editor(running={"startedAt": "now"}))).running


@pytest.mark.parametrize("reason", ["ErrImagePull", "ImagePullBackOff", "InvalidImageName"])
def test_an_image_that_cannot_be_pulled_is_an_error_that_names_it(reason: str) -> None:
    state = pod_state(pod(containerStatuses=editor(waiting={"reason": reason, "message": "not found"})))
    assert isinstance(state.error, ImagePullError)
    assert "some/image:1" in state.error.detail
    assert "not found" in state.error.detail


def test_a_crash_loop_is_an_error_with_the_exit_code() -> None:
    last = {"terminated": {"exitCode": 3}}
    state = pod_state(pod(containerStatuses=editor(waiting={"reason": "CrashLoopBackOff", "message": ""}, last=last)))
    assert isinstance(state.error, WorkspaceFailedError)
    assert "exit code was 3" in state.error.detail


def test_the_newest_living_pod_counts() -> None:
    old = pod("old", created="2026-01-01T00:00:00Z", phase="Running")
    evicted = pod("evicted", created="2026-01-03T00:00:00Z", phase="Failed")
    ending = pod("ending", created="2026-01-04T00:00:00Z", deleted=True)
    new = pod("new", created="2026-01-02T00:00:00Z", phase="Pending")
    assert current_pod([old, evicted, ending, new]) is new
    assert current_pod([evicted, ending]) is ending
    assert current_pod([]) is None
