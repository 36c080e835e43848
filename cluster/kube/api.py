"""The Kubernetes API: objects as JSON, by kind and name."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import httpx

from cluster.engine import TerminalSize
from cluster.errors import ApiError, ClusterUnreachableError
from cluster.kube.connection import Connection
from cluster.kube.kinds import KINDS, Object
from cluster.kube.listing import PAGE, list_objects, selectors
from cluster.kube.transport import Transport, lines
from cluster.kube.watch import WatchEvent, batches, watch

if TYPE_CHECKING:
    from cluster.kube.exec import KubeExec

__all__ = ["Kube", "Object", "WatchEvent"]

MANAGER = "vibecode"
LONGEST_LINE = 1 << 20


class Kube:
    """One API server. Every method raises ApiError where it refuses, ClusterUnreachableError where it stays silent.

    `timeout` is how many seconds of silence end one attempt. What may be done twice is tried again until `patience`
    seconds are over; a create only where the server surely did nothing.
    """

    def __init__(self, connection: Connection, *, timeout: float = 10.0, patience: float = 20.0) -> None:
        self._transport = Transport(connection, timeout=timeout, patience=patience)

    @property
    def connection(self) -> Connection:
        return self._transport.connection

    async def get(self, kind: str, name: str, namespace: str | None = None) -> Object | None:
        """None where there is none."""
        try:
            return await self._transport.send_json("GET", KINDS[kind].path(namespace, name))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    async def list(
        self,
        kind: str,
        namespace: str | None = None,
        *,
        labels: Mapping[str, str] | None = None,
        fields: str | None = None,
        page: int = PAGE,
    ) -> list[Object]:
        """All objects with these labels, in one namespace or all; `fields` is a field selector."""
        objects, _ = await list_objects(self._transport, kind, namespace, selectors(labels, fields), page)
        return objects

    async def create(self, obj: Object) -> Object:
        """Raises ApiError with status 409 and reason AlreadyExists where there is one of this name."""
        path = KINDS[obj["kind"]].path(obj["metadata"].get("namespace"))
        params = {"fieldManager": MANAGER}
        return await self._transport.send_json("POST", path, params=params, body=obj, idempotent=False)

    async def apply(self, obj: Object) -> Object:
        """Makes the object, or makes it so (server-side apply); what an earlier apply set and this leaves out, goes."""
        return await self._transport.send_json(
            "PATCH",
            _path(obj),
            params={"fieldManager": MANAGER, "force": "true"},
            body=obj,
            content_type="application/apply-patch+yaml",
        )

    async def patch(
        self,
        kind: str,
        name: str,
        namespace: str | None,
        patch: Object,
        *,
        subresource: Literal["status", "scale"] | None = None,
    ) -> Object:
        """A JSON merge patch: None removes a field."""
        return await self._transport.send_json(
            "PATCH",
            KINDS[kind].path(namespace, name, subresource),
            params={"fieldManager": MANAGER},
            body=patch,
            content_type="application/merge-patch+json",
        )

    async def delete(
        self,
        kind: str,
        name: str,
        namespace: str | None = None,
        *,
        grace_seconds: int | None = None,
        precondition_uid: str | None = None,
    ) -> bool:
        """Asks for the object's end, and in the background for that of what it owns; False where there is none.

        Raises ApiError with status 409 where the one of this name has another uid.
        """
        options: Object = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        if grace_seconds is not None:
            options["gracePeriodSeconds"] = grace_seconds
        if precondition_uid is not None:
            options["preconditions"] = {"uid": precondition_uid}
        try:
            await self._transport.send("DELETE", KINDS[kind].path(namespace, name), body=options)
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        return True

    def watch(
        self,
        kind: str,
        namespace: str | None = None,
        *,
        labels: Mapping[str, str] | None = None,
        fields: str | None = None,
    ) -> AsyncGenerator[WatchEvent]:
        """All objects as ADDED, then every change as it happens, over a connection that heals; ends when closed."""
        return watch(self._transport, kind, namespace, selectors(labels, fields))

    def watch_batches(
        self, kind: str, namespace: str | None = None, *, labels: Mapping[str, str] | None = None
    ) -> AsyncGenerator[Sequence[WatchEvent]]:
        """As `watch`, but what is there is the first batch, so that one knows when all of it is known."""
        return batches(self._transport, kind, namespace, selectors(labels, None))

    async def logs(
        self,
        pod: str,
        namespace: str,
        *,
        container: str | None = None,
        follow: bool = False,
        tail: int | None = None,
        previous: bool = False,
        timestamps: bool = False,
    ) -> AsyncGenerator[str]:
        """A container's log by lines, the last `tail` of them; a line over 1 MiB arrives in parts.

        With `follow` it goes on until the container ends, and its silence is not told from the server's, since
        Kubernetes answers no sooner than the container prints.
        """
        wanted = {
            "container": container,
            "follow": "true" if follow else None,
            "tailLines": None if tail is None else str(tail),
            "previous": "true" if previous else None,
            "timestamps": "true" if timestamps else None,
        }
        params = {key: value for key, value in wanted.items() if value is not None}
        path = KINDS["Pod"].path(namespace, pod, "log")
        silence = None if follow else self._transport.timeout
        async with self._transport.stream(path, params, silence=silence) as response:
            try:
                async with aclosing(lines(response, LONGEST_LINE)) as whole:
                    async for line in whole:
                        yield line.decode("utf-8", "replace").removesuffix("\r")
            except httpx.TransportError as error:
                raise ClusterUnreachableError(f"The log of {pod} was cut off: {error}.") from error

    async def exec(
        self,
        pod: str,
        namespace: str,
        command: Sequence[str],
        *,
        container: str,
        stdin: bool = False,
        terminal: TerminalSize | None = None,
    ) -> "KubeExec":
        """Runs a command in a container; with `terminal`, on a TTY of that size, where stderr goes to stdout."""
        from cluster.kube.exec import open_exec

        params = [("container", container), *(("command", word) for word in command)]
        streams = {"stdin": stdin, "stdout": True, "stderr": terminal is None, "tty": terminal is not None}
        params += [(stream, "true") for stream, wanted in streams.items() if wanted]
        session = await open_exec(self._transport, KINDS["Pod"].path(namespace, pod, "exec"), params)
        if terminal is not None:
            try:
                await session.resize(terminal)
            except BaseException:
                await session.close()
                raise
        return session

    def forwarded(self, pod: str, namespace: str, port: int, at: Path) -> AbstractAsyncContextManager[None]:
        """While it is entered, the Unix socket `at` leads to the pod's port; no port is opened for it anywhere.

        Who connects is hung up where the pod does not answer. Raises OSError where there can be no such socket.
        """
        from cluster.kube.port_forward import forwarded

        return forwarded(self._transport, KINDS["Pod"].path(namespace, pod, "portforward"), port, at)

    async def raw(self, path: str) -> bytes:
        """What a GET of any path answers, such as `/metrics` or a node's `/api/v1/nodes/NODE/proxy/stats/summary`."""
        return await self._transport.send("GET", path)

    async def ready(self) -> bool:
        """Whether the server says that it can serve; asked once."""
        return await self._transport.status("/readyz") == 200

    async def close(self) -> None:
        await self._transport.close()


def _path(obj: Object) -> str:
    metadata = obj["metadata"]
    return KINDS[obj["kind"]].path(metadata.get("namespace"), metadata["name"])
