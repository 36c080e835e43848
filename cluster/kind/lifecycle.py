"""One KIND cluster from nothing to answering, from any state that a crash, a reboot or a person may have left."""

import asyncio
from dataclasses import dataclass
from time import monotonic

from cluster.config import ClusterConfig
from cluster.errors import ClusterUnreachableError, ForeignClusterError, PortTakenError
from cluster.kind import command
from cluster.kind.node import Node, find_node, is_rootless, start_node
from cluster.kind.ports import choose_ports, free_port, is_free
from cluster.kind.record import Record, State, record_of
from cluster.kube.api import Kube
from cluster.kube.connection import Connection, read_connection, write_connection
from cluster.manifests.labels import NODE_LABEL
from templates.errors import VibeCodeError
from templates.events import Step

ANSWER_WITHIN = 180.0
"""Seconds until a started API server must answer."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Creates, starts again, recognises and removes the cluster that the configuration names."""

    config: ClusterConfig

    @property
    def record(self) -> Record:
        return record_of(self.config)

    def known(self) -> tuple[Connection, State] | None:
        """How to reach the cluster, if this machine has it on record; nothing is asked of Docker."""
        state = self.record.read()
        connection = read_connection(self.record.folder)
        return (connection, state) if connection and state and state.phase == "created" else None

    async def ensure(self, step: Step) -> tuple[Connection, State]:
        """The cluster runs and its API answers when this returns; what is there already is kept."""
        async with self.record.locked(step.progress) as lock:
            node = await find_node(self.config.cluster)
            state = self.record.read()
            if node is not None and (state is None or state.phase == "creating"):
                state = await self._adopt(node, state, step)
                node = await find_node(self.config.cluster)
            if node is None:
                return await self._create(lock, step)
            assert state is not None
            if node.state != "running":
                step.progress("starting the node again; everything in it is as it was")
                await start_node(self.config.cluster)
                step.note = "started again"
            else:
                step.note = "was running"
            connection = await self._connection()
            await _until_ready(connection, step)
            return connection, state

    async def remove(self, step: Step) -> None:
        """Removes the cluster and what this machine keeps about it; ForeignClusterError if it is not ours."""
        async with self.record.locked(step.progress):
            node = await find_node(self.config.cluster)
            if node is not None and self.record.read() is None and not await self._is_ours(node):
                raise self._foreign()
            if node is not None:
                step.progress("removing the node and its volumes")
                await command.delete_cluster(self.config, self.record.kubeconfig)
            self.record.forget()

    async def _create(self, lock: int, step: Step) -> tuple[Connection, State]:
        ports = await self._ports()
        self.record.write(State("creating", *ports))
        try:
            await command.create_cluster(self.config, self.record.kubeconfig, ports, lock, step)
        except PortTakenError:
            if self.config.http_port or self.config.https_port:  # asked for by the person: theirs to change
                raise
            step.progress("a port was taken just now; choosing others")
            ports = (free_port(), free_port())
            self.record.write(State("creating", *ports))
            await command.create_cluster(self.config, self.record.kubeconfig, ports, lock, step)
        return await self._created(State("created", *ports))

    async def _created(self, state: State) -> tuple[Connection, State]:
        connection = await asyncio.to_thread(
            write_connection, self.record.folder, self.record.kubeconfig, f"kind-{self.config.cluster}"
        )
        self.record.write(state)
        return connection, state

    async def _adopt(self, node: Node, state: State | None, step: Step) -> State | None:
        """Takes up a cluster whose creation was cut off, or whose record was lost; removes what never became one.

        A container without our label in its Kubernetes node is somebody else's, and left alone.
        """
        if await self._is_ours(node):
            step.progress("finding what was begun")
            found = State("created", node.http_port, node.https_port)
            await self._created(found)
            return found
        if state is None:
            raise self._foreign()
        step.progress("removing what an earlier, unfinished creation left")
        await command.delete_cluster(self.config, self.record.kubeconfig)
        return None

    async def _is_ours(self, node: Node) -> bool:
        """Whether the cluster was finished, and by us: kind sets up storage last, and the node has our label."""
        if node.state != "running" or not await command.export_kubeconfig(self.config, self.record.kubeconfig):
            return False
        connection = await asyncio.to_thread(
            write_connection, self.record.folder, self.record.kubeconfig, f"kind-{self.config.cluster}"
        )
        kube = Kube(connection, timeout=5, patience=5)
        try:
            nodes = await kube.list("Node", labels=NODE_LABEL)
            return bool(nodes) and bool(await kube.list("StorageClass"))
        except VibeCodeError:
            return False
        finally:
            await kube.close()

    async def _connection(self) -> Connection:
        connection = read_connection(self.record.folder)
        if connection is None:
            if not await command.export_kubeconfig(self.config, self.record.kubeconfig):
                raise ClusterUnreachableError("The cluster's credentials cannot be read from its node.")
            connection, _ = await self._created(self.record.read() or State("created", 0, 0))
        return connection

    async def _ports(self) -> tuple[int, int]:
        rootless = await is_rootless()
        return choose_ports(
            self.config.http_port, self.config.https_port, privileged=not rootless, free=is_free, any_port=free_port
        )

    def _foreign(self) -> ForeignClusterError:
        return ForeignClusterError(f"A KIND cluster {self.config.cluster!r} exists, and VibeCode has no record of it.")


async def _until_ready(connection: Connection, step: Step) -> None:
    start = monotonic()
    kube = Kube(connection, timeout=2, patience=2)
    try:
        while not await kube.ready():
            step.progress("waiting for Kubernetes to answer")
            if monotonic() - start > ANSWER_WITHIN:
                raise ClusterUnreachableError(f"After {ANSWER_WITHIN:.0f} s its API server still does not answer.")
            await asyncio.sleep(0.2)
    finally:
        await kube.close()
