"""The workspace image on a real Docker and in a real node."""

import asyncio
import json
import subprocess
import tracemalloc
from collections.abc import Callable, Coroutine, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from cluster.config import ClusterConfig, Images
from cluster.errors import ImagePullError
from cluster.kind import image, image_build, image_load
from cluster.kind.node import node_name
from templates.events import Event, Step, StepProgress

pytestmark = pytest.mark.e2e

POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "workspace", "namespace": "restricted"},
    "spec": {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 0,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 1000,
            "runAsGroup": 1000,
            "fsGroup": 1000,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "editor",
                "imagePullPolicy": "Never",
                "command": ["dumb-init", "code-server", "--bind-addr", "127.0.0.1:8080", "--auth", "none"],
                "readinessProbe": {"exec": {"command": ["curl", "-fs", "127.0.0.1:8080/healthz"]}, "periodSeconds": 1},
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
                "volumeMounts": [
                    {"name": "home", "mountPath": "/home/coder"},
                    {"name": "tmp", "mountPath": "/tmp"},
                ],
            }
        ],
        "volumes": [{"name": "home", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}],
    },
}
NAMESPACE = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "restricted", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
}


def run(*command: str, stdin: str | None = None) -> str:
    ended = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}"
    return ended.stdout


def build_own(config: ClusterConfig, name: str, content: str) -> None:
    """An image as a person may bring one, of over 100 MB."""
    run("docker", "build", "--tag", name, "-", stdin=f"FROM {config.images.traefik}\nLABEL content={content}\n")


async def stop_at(text: str, work: Callable[[Step], Coroutine[Any, Any, None]]) -> None:
    """Cancels the work as soon as it tells of the text."""
    reached = asyncio.Event()

    def emit(event: Event) -> None:
        if isinstance(event, StepProgress) and text in event.text:
            reached.set()

    task = asyncio.ensure_future(work(Step("image", emit)))
    async with asyncio.timeout(300):
        await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def quiet() -> Step:
    return Step("image", lambda _: None)


@pytest.fixture(scope="module")
def node(config: ClusterConfig) -> str:
    return node_name(config.cluster)


@pytest.fixture(scope="module")
def shell(config: ClusterConfig, node: str) -> Iterator[Callable[[str], str]]:
    """Runs a script in a pod of our image, under the strictest standard, with only its home and /tmp writable."""

    def kubectl(*arguments: str, stdin: str | None = None) -> str:
        inside = ("docker", "exec", "-i", node, "kubectl", "--kubeconfig=/etc/kubernetes/admin.conf")
        return run(*inside, *arguments, stdin=stdin)

    pod = deepcopy(POD)
    pod["spec"]["containers"][0]["image"] = image.workspace_image(config)
    kubectl("apply", "--filename=-", stdin=json.dumps(NAMESPACE))
    kubectl("apply", "--filename=-", stdin=json.dumps(pod))
    kubectl("wait", "--namespace=restricted", "pod/workspace", "--for=condition=Ready", "--timeout=120s")
    yield lambda script: kubectl("exec", "--namespace=restricted", "workspace", "--", "bash", "-euc", script)
    kubectl("delete", "namespace", "restricted")


async def test_a_second_build_and_load_do_nothing(config: ClusterConfig, node: str) -> None:
    build, load = quiet(), quiet()

    await image_build.build(config, build)
    await image_load.load(config, node, load)

    assert (build.note, load.note) == ("was built before", "was there already")


@pytest.mark.parametrize(
    ("script", "prints"),
    [
        ("id -u", "1000"),
        ("touch /usr/x 2>&1 || true", "Read-only file system"),
        ("python --version; python3 --version", "Python 3."),
        ("node --version", "v2"),
        ("npm --version", "."),
        ("uv --version", "uv "),
        ("git --version", "git version"),
        ("code-server --version", "with Code"),
        ("cd /tmp; sqlite3 a.db 'create table t(n); insert into t values (6*7); select n from t'", "42"),
        ("cd ~; git init -q r; cd r; git -c user.name=a -c user.email=a@b commit -qm x --allow-empty; git log", "x"),
        ("cd /tmp; echo 'int main() { return 0; }' >c.c; make c && ./c && echo made", "made"),
        ("cd /tmp; echo 'int main() { return !new int; }' >d.cc; make d && ./d && echo made", "made"),
        ("curl -fs 127.0.0.1:8080/healthz", "status"),
    ],
)
def test_what_a_workspace_can_do(shell: Callable[[str], str], script: str, prints: str) -> None:
    assert prints in shell(script)


@pytest.mark.parametrize(
    ("script", "prints"),
    [
        ("cd ~; uv run -q --with fastapi python -c 'import fastapi; print(fastapi.__name__)'", "fastapi"),
        ("cd ~; python -m venv v; v/bin/pip install -q six; v/bin/python -c 'import six; print(six.__name__)'", "six"),
        ("uv tool install -q ruff; ruff --version", "ruff "),
        ("mkdir ~/e; cd ~/e; npm install express; node -e 'console.log(typeof require(\"express\"))'", "function"),
        ("npm install -g semver; semver 1.2.3", "1.2.3"),
    ],
)
def test_what_a_workspace_can_install(shell: Callable[[str], str], script: str, prints: str) -> None:
    assert prints in shell(script)


async def test_a_persons_image_built_anew_replaces_the_one_in_the_node(config: ClusterConfig, node: str) -> None:
    mine = replace(config, images=Images(workspace="vibecode-test/own:dev"))

    async def load(content: str) -> str:
        build_own(config, "vibecode-test/own:dev", content)
        await image_load.load(mine, node, quiet())
        run("docker", "image", "rm", "vibecode-test/own:dev")
        return json.loads(run("docker", "exec", node, "crictl", "inspecti", "vibecode-test/own:dev"))["status"]["id"]

    assert await load("first") != await load("second")


async def test_a_load_that_was_stopped_is_done_by_two_at_once_in_little_memory(
    config: ClusterConfig, node: str
) -> None:
    build_own(config, "vibecode-test/twice:dev", "twice")
    twice = replace(config, images=Images(workspace="vibecode-test/twice:dev"))
    tracemalloc.start()

    await stop_at(" MB", lambda step: image_load.load(twice, node, step))
    loads = [quiet(), quiet()]
    await asyncio.gather(*(image_load.load(twice, node, step) for step in loads))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await image_load.load(twice, node, third := quiet())
    run("docker", "image", "rm", "vibecode-test/twice:dev")
    assert [step.note for step in (*loads, third)] == [None, None, "was there already"]
    assert peak < 32 << 20


async def test_a_base_that_no_registry_has_is_told(config: ClusterConfig) -> None:
    absent = replace(config, images=Images(code_server="localhost:9/absent:1"))

    with pytest.raises(ImagePullError, match="localhost:9/absent:1"):
        await image_build.build(absent, quiet())


async def test_a_stopped_build_leaves_no_container(config: ClusterConfig) -> None:
    base = f"vibecode-test/base:{uuid4().hex[:12]}"  # new to Docker, so that nothing is cached
    run("docker", "build", "--tag", base, "-", stdin=f"FROM {config.images.code_server}\nLABEL test={base}\n")
    other = replace(config, images=Images(code_server=base))

    await stop_at("Get:1 ", lambda step: image_build.build(other, step))

    async with asyncio.timeout(60):
        while run("docker", "ps", "--quiet", "--filter", f"label=test={base}"):
            await asyncio.sleep(0.1)
    run("docker", "image", "rm", base)
    run("docker", "image", "prune", "--force", "--filter", f"label=test={base}")
