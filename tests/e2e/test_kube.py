"""The contract of the API client on the real cluster."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from uuid import uuid4

import pytest

from cluster.kube.api import Kube
from cluster.kube.connection import Connection
from tests.contract.test_kube_contract import CONTAINER, KubeContract, Lab, finish, run_pod

IMAGE = "debian:trixie-slim"
PRINT = 'printf "%s\\n" "$1" >/proc/1/fd/1'


@pytest.mark.e2e
class TestKube(KubeContract):
    @pytest.fixture(scope="class")
    def lab(self, kind_connection: Connection) -> Iterator[Lab]:
        """One namespace and one pod for all; removed afterwards."""
        namespace = f"contract-{uuid4().hex[:8]}"

        def on_cluster(work: Callable[[Kube], Awaitable[object]]) -> None:
            async def run() -> None:
                kube = Kube(kind_connection)
                try:
                    await work(kube)
                finally:
                    await kube.close()

            asyncio.run(run())

        async def make(kube: Kube) -> None:
            await kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
            async for _ in kube.watch("ServiceAccount", namespace, fields="metadata.name=default"):
                break  # a pod is refused before it is there
            await run_pod(kube, namespace, "box", IMAGE)

        async def say(line: str) -> None:
            kube = Kube(kind_connection)
            try:
                command = ["sh", "-c", PRINT, "sh", line]
                await finish(await kube.exec("box", namespace, command, container=CONTAINER))
            finally:
                await kube.close()

        try:
            on_cluster(make)
            yield Lab(kind_connection, namespace, "box", say)
        finally:
            on_cluster(lambda kube: kube.delete("Namespace", namespace))
