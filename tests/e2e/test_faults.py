"""What goes wrong on a real machine: killed programs, a Docker that goes away, pods that are evicted, names that clash.

Each ends in a named error or in convergence: called again, the same command completes what was begun.
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.engine import Workspace
from cluster.errors import ImagePullError, WorkspaceExistsError
from cluster.kind.engine import KindEngine
from cluster.kind.image import workspace_image
from cluster.kind.image_load import LOADED
from cluster.kind.node import find_node
from templates.errors import VibeCodeError
from templates.events import Event, StepFailed, StepProgress, StepStarted
from templates.project import Manifest, Project, ProjectFile

pytestmark = pytest.mark.e2e

VIBECODE = Path(sys.executable).parent / "vibecode"
ALONE = "vibecode-e2e-alone"
OWN_IMAGE = "vibecode-e2e/own:1"


def project(template: str = "trial") -> Project:
    manifest = Manifest("Trial", template=template, ports=(8000,))
    return Project(manifest, tuple(ProjectFile(f"{number}.txt", os.urandom(5000)) for number in range(50)))


async def finish(events: AsyncIterator[Event]) -> list[Event]:
    return [event async for event in events]


async def read(engine: KindEngine, name: str, *command: str) -> str:
    session = await engine.exec(name, command)
    await session.close_stdin()
    said = b"".join([data async for _, data in session.output()])
    assert session.exit_code == 0, said
    return said.decode()


class Docker:
    """A socket that passes everything on to Docker until it is cut, as if Docker had been stopped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._target = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen(64)
        self._open: list[socket.socket] = [self._server]
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def cut(self) -> None:
        self.path.unlink()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=10)
        for one in self._open:
            one.close()

    def _start(self, target: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                one, _ = self._server.accept()
                other = socket.socket(socket.AF_UNIX)
                self._open += [one, other]
                other.connect(self._target)
                self._start(self._pass_on, one, other)
                self._start(self._pass_on, other, one)

    @staticmethod
    def _pass_on(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


def run_until(words: str, *arguments: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    """A running `vibecode` that has just said `words` on standard error."""
    child = subprocess.Popen(
        [VIBECODE, *arguments, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    assert child.stderr is not None
    said: list[str] = []
    for line in child.stderr:
        said.append(line)
        if words in line:
            return child
    pytest.fail(f"{arguments} never said {words!r}: {''.join(said)}")


def kill_at(words: str, *arguments: str, environment: dict[str, str]) -> None:
    with run_until(words, *arguments, environment=environment) as child:
        child.send_signal(signal.SIGKILL)
        child.stdout and child.stdout.read()


def answer(*arguments: str, environment: dict[str, str]) -> tuple[int, dict[str, object]]:
    ended = subprocess.run(
        [VIBECODE, *arguments, "--json"], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
    assert "Traceback" not in ended.stderr
    return ended.returncode, json.loads(ended.stdout)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a cluster of its own that runs a small image of the person's, removed afterwards."""
    dockerfile = "FROM busybox:1.37\nLABEL made-by=vibecode-e2e\n"
    subprocess.run(["docker", "build", "-q", "-t", OWN_IMAGE, "-"], input=dockerfile, text=True, check=True,
                   env={**os.environ, "DOCKER_BUILDKIT": "0"}, stdout=subprocess.DEVNULL)  # fmt: skip
    environment = {"VIBECODE_HOME": str(tmp_path / "home"), "VIBECODE_CLUSTER": ALONE,
                   "VIBECODE_WORKSPACE_IMAGE": OWN_IMAGE}  # fmt: skip
    subprocess.run(["kind", "delete", "cluster", "--name", ALONE], check=True, capture_output=True)
    yield environment
    answer("down", "--yes", environment=environment)
    subprocess.run(["docker", "image", "rm", OWN_IMAGE], check=False, capture_output=True)


def test_up_converges_wherever_it_was_cut_off(alone: dict[str, str], tmp_path: Path) -> None:
    """Docker goes away, then the program is killed at each stage; what is there is kept, the rest is made."""
    docker = Docker(tmp_path / "docker.sock")
    cut = {**alone, "DOCKER_HOST": f"unix://{docker.path}"}
    with run_until("starting Kubernetes", "up", environment=cut) as child:
        docker.cut()
        said, _ = child.communicate(timeout=120)
    error = json.loads(said)["error"]
    assert child.returncode == 1
    assert error["code"] in ("docker-down", "docker-missing", "cluster-create-failed")
    assert error["hint"]

    kill_at("starting Kubernetes", "up", environment=alone)
    kill_at("Opening the way in", "up", environment=alone)
    kill_at("Giving the workspace image", "up", environment=alone)
    code, status = answer("up", environment=alone)
    assert (code, status["state"], status["workspaces"]) == (0, "running", [])

    seen = subprocess.run(["docker", "ps", "--format", "{{.Names}}"], capture_output=True, text=True, check=True)
    assert seen.stdout.split().count(f"{ALONE}-control-plane") == 1
    code, gone = answer("down", "--yes", environment=alone)
    assert (code, gone) == (0, {"deleted": []})


def test_a_port_that_is_taken_between_the_check_and_the_creation(alone: dict[str, str], tmp_path: Path) -> None:
    """The first `kind create` meets a taken port, as its Docker would say it; other ports are chosen."""
    real = subprocess.run(["which", "kind"], capture_output=True, text=True, check=True).stdout.strip()
    wrapper = tmp_path / "bin/kind"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f'#!/bin/sh\nif [ "$1" = create ] && mkdir "{tmp_path}/once" 2>/dev/null; then\n'
        '  echo "ERROR: failed to create cluster: Bind for 127.0.0.1:80 failed: port is already allocated" >&2\n'
        f'  exit 1\nfi\nexec {real} "$@"\n'
    )
    wrapper.chmod(0o755)
    environment = {**alone, "PATH": f"{wrapper.parent}:{os.environ['PATH']}"}
    code, status = answer("up", environment=environment)
    assert (code, status["state"]) == (0, "running")
    node = asyncio.run(find_node(ALONE))
    assert node is not None
    assert node.http_port not in (0, 80)


@pytest.mark.parametrize(
    "words", ["Creating the workspace", "Preparing the volume", "Copying", "Opening the editor's first page"]
)
async def test_new_converges_wherever_it_was_killed(
    engine: KindEngine, environment: dict[str, str], words: str
) -> None:
    name = "killed-" + words.split()[0].lower()
    kill_at(words, "new", "static-site", name, "--no-open", environment=environment)
    code, made = await asyncio.to_thread(answer, "new", "static-site", name, "--no-open", environment=environment)
    assert (code, made["state"]) == (0, "running"), made
    assert "index.html" in await read(engine, name, "ls", "-R")
    await finish(engine.delete(name))


async def test_of_two_that_create_the_same_name_at_once_one_wins(engine: KindEngine, config: ClusterConfig) -> None:
    other = KindEngine(config)
    try:
        ends = await asyncio.gather(
            finish(engine.create("twice", project("one"))),
            finish(other.create("twice", project("two"))),
            return_exceptions=True,
        )
        lost = [end for end in ends if isinstance(end, BaseException)]
        assert [type(end) for end in lost] == [WorkspaceExistsError]
        assert (await engine.workspace("twice")).state == "running"
    finally:
        await other.close()
        await finish(engine.delete("twice"))


async def test_a_pod_that_goes_while_it_is_filled_is_filled_again(engine: KindEngine) -> None:
    replaced = False
    made = project()
    async for event in engine.create("replaced", made):
        if isinstance(event, StepStarted) and event.step == "seed" and not replaced:
            replaced = True
            await kubectl(
                engine, "delete", "pod", "-l", "vibecode.dev/workspace=replaced", "--force", "--grace-period=0"
            )
    assert replaced
    found = (await read(engine, "replaced", "ls")).split()
    assert sorted(found) == sorted(file.path for file in made.files)
    await finish(engine.delete("replaced"))


async def test_an_evicted_pod_comes_back_with_its_files(engine: KindEngine) -> None:
    """The kubelet evicts a pod that fills more of /tmp than it may; nothing on the volume is lost."""
    await finish(engine.create("evicted", project()))
    await read(engine, "evicted", "sh", "-c", "echo kept >mine.txt")
    await read(engine, "evicted", "fallocate", "-l", "4500M", "/tmp/too-much")
    words = set[str]()
    async with asyncio.timeout(300):
        while (found := await engine.workspace("evicted")).state == "running":
            await asyncio.sleep(1)
        while (found := await engine.workspace("evicted")).state != "running":
            words.add(found.reason or "")
            await asyncio.sleep(0.2)
    assert await read(engine, "evicted", "cat", "mine.txt") == "kept\n"
    await finish(engine.delete("evicted"))


async def test_an_image_that_cannot_be_pulled_is_named_with_the_lines_that_say_why(config: ClusterConfig) -> None:
    images = replace(config.images, workspace="nowhere.invalid/none:1")
    engine = KindEngine(replace(config, images=images))
    try:
        events: list[Event] = []

        async def create() -> None:
            async for event in engine.create("unpullable", project()):
                events.append(event)

        with pytest.raises(ImagePullError, match=re.escape("nowhere.invalid/none:1")):
            await create()
        [failed] = [event for event in events if isinstance(event, StepFailed) and event.step == "pod"]
        assert any("pull" in line for line in failed.log)
        found: Workspace = await engine.workspace("unpullable")
        assert found.state == "failed"
        assert found.reason
    finally:
        with contextlib.suppress(VibeCodeError):
            await finish(engine.delete("unpullable"))
        await engine.close()


async def test_a_node_that_lost_the_workspace_image_is_given_it_again(
    engine: KindEngine, config: ClusterConfig
) -> None:
    forget = (
        f"ctr -n k8s.io images ls -q | grep -E '{LOADED}|{workspace_image(config)}' | xargs ctr -n k8s.io images rm"
    )
    node = f"{config.cluster}-control-plane"
    await finish(engine.up())  # what another test changed is mended by now: only the image will be missing
    subprocess.run(["docker", "exec", node, "sh", "-c", forget], check=True, capture_output=True)  # noqa: ASYNC221
    events = await finish(engine.create("mended", project()))
    assert any(
        isinstance(event, StepProgress) and "no longer has the workspace image" in event.text for event in events
    )
    await finish(engine.delete("mended"))


async def kubectl(engine: KindEngine, *arguments: str) -> None:
    kubeconfig = engine._lifecycle.record.kubeconfig  # pyright: ignore[reportPrivateUsage]
    command = ["kubectl", "--kubeconfig", str(kubeconfig), "-n", "vibecode-workspaces", *arguments]
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    assert await child.wait() == 0
