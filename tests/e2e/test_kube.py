"""The contract of the API client on the real cluster."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from time import monotonic
from uuid import uuid4

import pytest

from cluster.errors import ApiError, ClusterUnreachableError
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

    @pytest.mark.parametrize(
        ("token", "status", "hint"), [("wrong", 401, "`vibecode up`"), (None, 403, "lacks this permission")]
    )
    async def test_who_is_not_let_in_is_told_what_to_do(
        self, lab: Lab, token: str | None, status: int, hint: str
    ) -> None:
        stranger = Kube(replace(lab.connection, certificate=None, key=None, token=token))
        try:
            for call in (
                stranger.list("Pod", lab.namespace),
                stranger.exec(lab.pod, lab.namespace, ["true"], container=CONTAINER),
                anext(stranger.watch("Pod", lab.namespace)),
            ):
                with pytest.raises(ApiError) as refused:
                    await call
                assert refused.value.status == status
                assert hint in refused.value.hint
        finally:
            await stranger.close()

    async def test_a_server_with_a_foreign_certificate_is_refused_at_once(self, lab: Lab) -> None:
        """As after the cluster was made anew at the same address."""
        kube = Kube(replace(lab.connection, ca=None))
        begun = monotonic()
        try:
            with pytest.raises(ClusterUnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
                await kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}})
            with pytest.raises(ClusterUnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
                await kube.list("Pod")
            with pytest.raises(ClusterUnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
                await kube.exec(lab.pod, lab.namespace, ["true"], container=CONTAINER)
            assert not await kube.ready()
        finally:
            await kube.close()
        assert monotonic() - begun < 10.0
