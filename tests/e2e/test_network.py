"""Who reaches whom: a workspace reaches the internet and names, never another's editor or the system's pods."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from cluster.kind.engine import KindEngine
from cluster.kind.node import node_name
from cluster.kube.api import Kube
from cluster.kube.connection import Connection
from cluster.manifests.labels import SYSTEM_NAMESPACE, WORKSPACE_LABEL, WORKSPACES_NAMESPACE
from cluster.manifests.workspace import EDITOR_PORT
from cluster.pods import pod_state
from tests.e2e.conftest import CLUSTER, docker
from tests.e2e.inside import said
from tests.e2e.web import until_served

pytestmark = pytest.mark.e2e

PROBE = """
import concurrent.futures, json, socket, sys
def reached(address):
    try:
        socket.create_connection(tuple(address), timeout=4).close()
    except OSError:
        return False
    return True
addresses = json.loads(sys.argv[1])
with concurrent.futures.ThreadPoolExecutor(len(addresses)) as pool:
    print(json.dumps(list(pool.map(reached, addresses))))
"""
"""Which addresses accept a connection within 4 s; a policy that denies one is silent."""

FOREIGN = "vibecode-e2e-foreign"

Address = tuple[str, int]


@pytest.fixture
async def kube(kind_connection: Connection) -> AsyncIterator[Kube]:
    kube = Kube(kind_connection)
    yield kube
    await kube.close()


@pytest.fixture
def names(workspace: Callable[[str], dict[str, Any]]) -> tuple[str, str]:
    """Two workspaces that run: one that tries, and another."""
    return workspace("static-site")["name"], workspace("node-express")["name"]


@pytest.fixture
async def stranger(kube: Kube) -> AsyncIterator[str]:
    """A pod that runs in a namespace that is none of ours."""
    security = {"pod-security.kubernetes.io/enforce": "restricted"}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": FOREIGN, "labels": security}}
    container = {
        "name": "editor",
        "image": "busybox:1.37",
        "command": ["sleep", "3600"],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "stranger", "namespace": FOREIGN},
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            "securityContext": {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [container],
        },
    }
    await kube.apply(namespace)
    try:
        await kube.apply(
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": FOREIGN}}
        )
        await kube.apply(pod)
        async with asyncio.timeout(120):
            async for event in kube.watch("Pod", FOREIGN):
                if pod_state(event.object).running:
                    break
        yield "stranger"
    finally:
        await kube.delete("Namespace", FOREIGN)


async def pod_ip(kube: Kube, namespace: str, **labels: str) -> str:
    """The address of the one pod with these labels that runs; the first where there are more."""
    found = await kube.list("Pod", namespace, labels=labels, fields="status.phase=Running")
    return found[0]["status"]["podIP"]


async def editor(kube: Kube, name: str) -> Address:
    return await pod_ip(kube, WORKSPACES_NAMESPACE, **{WORKSPACE_LABEL: name}), EDITOR_PORT


async def reached(engine: KindEngine, name: str, addresses: list[Address]) -> list[Address]:
    answers = json.loads(await said(engine, name, "python3", "-c", PROBE, json.dumps(addresses)))
    return [address for address, answer in zip(addresses, answers, strict=True) if answer]


def reached_by_node(addresses: list[Address]) -> list[Address]:
    """What the node reaches is really served: no policy holds for it."""
    tries = " ".join(
        f"timeout 4 bash -c 'exec 3<>/dev/tcp/{host}/{port}' 2>/dev/null && echo {host}:{port};"
        for host, port in addresses
    )
    answers = docker("exec", node_name(CLUSTER), "bash", "-c", f"{tries} true")
    return [(host, port) for host, port in addresses if f"{host}:{port}" in answers]


async def test_a_workspace_reaches_no_other_pod_and_no_service(
    engine: KindEngine, kube: Kube, names: tuple[str, str]
) -> None:
    one, other = names
    service = await kube.get("Service", other, WORKSPACES_NAMESPACE)
    assert service is not None
    traefik = await pod_ip(kube, SYSTEM_NAMESPACE, **{"app.kubernetes.io/name": "traefik"})
    dns = await pod_ip(kube, "kube-system", **{"k8s-app": "kube-dns"})
    denied = [
        await editor(kube, other),
        (service["spec"]["clusterIP"], EDITOR_PORT),
        (traefik, 8000),
        (traefik, 8080),
        (dns, 8080),
        (dns, 9153),
    ]
    allowed = [(dns, 53)]
    assert reached_by_node(denied + allowed) == denied + allowed

    assert await reached(engine, one, denied + allowed) == allowed


async def test_a_workspace_knows_names_and_reaches_the_internet(engine: KindEngine, names: tuple[str, str]) -> None:
    """The package registry is npm's own default, by its name where no proxy stands before it."""
    name, _ = names
    assert await said(engine, name, "getent", "hosts", "kubernetes.default.svc.cluster.local")
    assert await said(engine, name, "npm", "view", "express", "name") == "express\n"


async def test_a_workspace_has_nothing_to_show_to_kubernetes(
    engine: KindEngine, kube: Kube, names: tuple[str, str]
) -> None:
    """No policy can keep a pod from the API server of its own node; without a token it may see nothing there."""
    name, _ = names
    [node] = await kube.list("Node")
    host = next(one["address"] for one in node["status"]["addresses"] if one["type"] == "InternalIP")
    url = f"https://{host}:6443/api/v1/namespaces/{WORKSPACES_NAMESPACE}/secrets"
    script = f"curl --noproxy '*' -ks -o /dev/null -w '%{{http_code}}' {url}"
    assert await said(engine, name, "sh", "-c", script) in ("401", "403")
    assert await said(engine, name, "sh", "-c", "ls /var/run/secrets 2>/dev/null || true") == ""


async def test_only_the_ingress_reaches_an_editor(
    kube: Kube, names: tuple[str, str], workspace: Callable[[str], dict[str, Any]], stranger: str
) -> None:
    _, name = names
    host, port = await editor(kube, name)
    dns = await pod_ip(kube, "kube-system", **{"k8s-app": "kube-dns"})

    async def wget(address: str) -> int:
        session = await kube.exec(
            stranger, FOREIGN, ["wget", "-q", "-T", "4", "-O", "/dev/null", f"http://{address}"], container="editor"
        )
        said = [data async for _, data in session.output()]
        await session.close()
        assert said or session.exit_code == 0
        return session.exit_code

    assert (await until_served(f"{workspace('node-express')['url']}healthz")).json()["status"] in ("alive", "expired")
    assert await wget(f"{dns}:8080/health") == 0
    assert await wget(f"{host}:{port}/healthz") != 0
