"""A Kubernetes API server as far as the engine needs one: over real HTTP and WebSocket, with faults on demand.

    async with FakeKubeServer(tmp_path) as server:
        kube = Kube(server.connection)

Objects are in `server.store`. The contract suite says where it does as the real one does.
"""

import asyncio
import json
from base64 import b64decode
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from aiohttp import web

from cluster.kube.connection import Connection
from cluster.kube.kinds import KINDS, Kind
from tests.fakes.kube_exec import Command, ExecFaults, serve_exec
from tests.fakes.kube_pods import Controller
from tests.fakes.kube_port_forward import serve_port_forward
from tests.fakes.kube_store import Change, Key, Object, StatusError, Store, selects


@dataclass(frozen=True)
class Refuse:
    """An answer that is a refusal."""

    status: int
    retry_after: int | None = None
    reason: str = ""
    message: str = "told to refuse"


@dataclass(frozen=True)
class Silence:
    """No answer, on a connection that stays."""


@dataclass(frozen=True)
class Cut:
    """The connection ends: after so many bytes of the right answer's body, or, if None, before any answer."""

    after: int | None = None


Fault = Refuse | Silence | Cut


@dataclass(frozen=True)
class Target:
    """What a path names."""

    kind: str
    where: Kind
    namespace: str
    name: str
    subresource: str

    @property
    def key(self) -> Key:
        return self.where.plural, self.namespace, self.name


class FakeKubeServer:
    """`root` holds what pods have on their volumes; see `home`.

    `faults` are met by the next requests, one each, in their order; None is none. `requests` are those that came, as
    "GET /path". `summary` is what every node's kubelet tells of its pods, `ports` which ports of this machine are a
    pod's, where they have another number.
    """

    def __init__(
        self, root: Path, *, exec_protocols: tuple[str, ...] = ("v5.channel.k8s.io", "v4.channel.k8s.io")
    ) -> None:
        self.root = root
        self.store = Store()
        self.controller = Controller(self.store)
        self.faults: deque[Fault | None] = deque()
        self.exec_faults = ExecFaults()
        self.summary: list[Object] = []
        self.requests: list[str] = []
        self.ports: dict[int, int] = {}
        self._exec_protocols = exec_protocols
        self._logs: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._streams: list[asyncio.Transport] = []
        self._sockets: set[asyncio.Future[web.WebSocketResponse]] = set()
        self._bookmark = 0
        self._ending_watches = asyncio.Event()
        self._closing = asyncio.Event()
        for namespace in ("default", "kube-system"):
            self.store.create(("namespaces", "", namespace), {"apiVersion": "v1", "kind": "Namespace"})

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, max_line_size=1 << 16)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._controlling = asyncio.create_task(self.controller.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        self._ending_watches.set()
        self.store.wake()
        self._controlling.cancel()
        await asyncio.wait([self._controlling])
        await self._runner.cleanup()
        if self._sockets:  # those of clients that have left are not waited for by the runner
            await asyncio.wait(self._sockets)

    @property
    def connection(self) -> Connection:
        host, port = self._runner.addresses[0][:2]
        return Connection(f"http://{host}:{port}")

    def home(self, namespace: str, pod: str) -> Path:
        """The folder that a pod's commands see as /home/coder: its first volume claim's, or one of its own."""
        volumes = self.store.get(("pods", namespace, pod))["spec"].get("volumes", [])
        claims = [one["persistentVolumeClaim"]["claimName"] for one in volumes if "persistentVolumeClaim" in one]
        return self.root / namespace / (claims[0] if claims else pod)

    def say(self, namespace: str, pod: str, line: str) -> None:
        """Adds a line to a pod's log."""
        self._logs[namespace, pod].append(line)
        self.store.wake()

    def cut_all(self) -> None:
        """Drops the connections of all watches and followed logs."""
        for transport in self._streams:
            transport.abort()

    def end_watches(self) -> None:
        """Ends all watches as the real one does after a while."""
        self._ending_watches.set()
        self._ending_watches = asyncio.Event()

    async def watched(self) -> None:
        """Returns once somebody watches."""
        while not self._streams:
            await asyncio.sleep(0.005)

    async def unwatched(self) -> None:
        """Returns once nobody does."""
        while self._streams:
            await asyncio.sleep(0.005)

    async def bookmarked(self, version: int) -> None:
        """Returns once a watch was told of this version."""
        while self._bookmark < version:
            await asyncio.sleep(0.005)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.path}")
        fault = self.faults.popleft() if self.faults else None
        try:
            match fault:
                case Refuse():
                    raise StatusError(fault.status, fault.reason, fault.message)
                case Silence():
                    await self._closing.wait()
                    return web.Response(status=503)
                case Cut(after):
                    return await _cut(request, self._serve, after)
                case None:
                    return await self._serve(request)
        except StatusError as error:
            headers: dict[str, str] = {}
            if isinstance(fault, Refuse) and fault.retry_after is not None:
                headers["Retry-After"] = str(fault.retry_after)
            return web.json_response(_status(error), status=error.code, headers=headers)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.path in ("/readyz", "/healthz", "/livez"):
            return web.Response(text="ok")
        target, query = _target(request.path), request.query
        match request.method, target.subresource:
            case "GET", "log":
                return await self._log(request, target)
            case "GET", "exec":
                return await self._exec(request, target)
            case "GET", "portforward":
                self.store.get(target.key)
                return await self._to_its_end(serve_port_forward(request, target.name, self.ports))
            case "GET", "proxy" if request.path.endswith("/proxy/stats/summary"):
                self.store.get(target.key)
                return web.json_response({"pods": self.summary})
            case "GET", "" if target.name:
                return web.json_response(self.store.get(target.key))
            case "GET", "" if query.get("watch") == "true":
                return await self._watch(request, target)
            case "GET", "":
                return web.json_response(self._list(request, target))
            case "POST", "":
                body = await request.json()
                key = (target.where.plural, target.namespace, body.get("metadata", {}).get("name", ""))
                return web.json_response(self.store.create(key, body), status=201)
            case "PATCH", ("" | "status" | "scale"):
                return web.json_response(self._patch(request, target, await request.json()))
            case "DELETE", "":
                options: Object = await request.json() if request.can_read_body else {}
                self.store.delete(target.key, options.get("preconditions", {}).get("uid"))
                return web.json_response({"kind": "Status", "apiVersion": "v1", "status": "Success"})
            case _:
                raise StatusError(405, "MethodNotAllowed", "the server does not allow this method on the resource")

    def _patch(self, request: web.Request, target: Target, body: Object) -> Object:
        if request.content_type == "application/apply-patch+yaml":
            if not request.query.get("fieldManager"):
                raise StatusError(400, "BadRequest", "fieldManager is required for apply patch")
            return self.store.apply(target.key, body)
        if request.content_type != "application/merge-patch+json":
            raise StatusError(
                415, "UnsupportedMediaType", f"the body of the request was in an unknown format: {request.content_type}"
            )
        if target.subresource == "status":
            body = {"status": body.get("status", {})}
        return self.store.patch(target.key, body)

    def _list(self, request: web.Request, target: Target) -> Object:
        query = request.query
        chosen = selects(query.get("labelSelector", ""), query.get("fieldSelector", ""))
        found = self.store.list(target.where.plural, target.namespace, chosen)
        version, start = str(self.store.version), 0
        if token := query.get("continue"):
            version, _, offset = token.partition(":")
            start = int(offset)
            if int(version) < self.store.forgotten:
                raise StatusError(410, "Expired", "The provided continue parameter is too old")
        metadata = {"resourceVersion": version}
        limit = int(query.get("limit", len(found) or 1))
        if start + limit < len(found):
            metadata["continue"] = f"{version}:{start + limit}"
        items = [{name: value for name, value in one.items() if name not in ("apiVersion", "kind")} for one in found]
        return {
            "apiVersion": target.where.api,
            "kind": f"{target.kind}List",
            "metadata": metadata,
            "items": items[start : start + limit],
        }

    async def _watch(self, request: web.Request, target: Target) -> web.StreamResponse:
        chosen = selects(request.query.get("labelSelector", ""), request.query.get("fieldSelector", ""))
        version = int(request.query["resourceVersion"])
        self.store.since(version)
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        ending = self._ending_watches
        assert request.transport is not None
        self._streams.append(transport := request.transport)
        try:
            while not ending.is_set():
                changed = self.store.changed()
                try:
                    for change in self.store.since(version):
                        version = change.version
                        if event := _event(change, target, chosen):
                            await _line(response, event)
                except StatusError as error:
                    await _line(response, {"type": "ERROR", "object": _status(error)})
                    break
                if request.query.get("allowWatchBookmarks") == "true":
                    mark = {"kind": target.kind, "metadata": {"resourceVersion": str(version)}}
                    await _line(response, {"type": "BOOKMARK", "object": mark})
                    self._bookmark = version
                ended = asyncio.ensure_future(ending.wait())
                await asyncio.wait([changed, ended], return_when=asyncio.FIRST_COMPLETED)
                ended.cancel()
        finally:
            self._streams.remove(transport)
        return response

    async def _log(self, request: web.Request, target: Target) -> web.StreamResponse:
        pod = self._pod_with(target, request.query.get("container"))
        lines, query = self._logs[target.namespace, target.name], request.query
        start = max(len(lines) - int(query["tailLines"]), 0) if "tailLines" in query else 0
        stamp = "2025-01-01T00:00:00.000000000Z " if query.get("timestamps") == "true" else ""
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        assert request.transport is not None
        self._streams.append(transport := request.transport)
        try:
            while not self._closing.is_set():
                changed = self.store.changed()
                for line in lines[start:]:
                    if not response.prepared:
                        await response.prepare(request)  # as the kubelet, which does not answer before it has a line
                    await response.write(f"{stamp}{line}\n".encode())
                start = len(lines)
                now = self.store.objects.get(target.key)
                if query.get("follow") != "true" or now is None or now["metadata"]["uid"] != pod["metadata"]["uid"]:
                    break
                await changed
        finally:
            self._streams.remove(transport)
        if not response.prepared:
            await response.prepare(request)
        return response

    async def _exec(self, request: web.Request, target: Target) -> web.StreamResponse:
        query = request.query
        variables = self._from_secrets(self._pod_with(target, query.get("container")))
        command = Command(query.getall("command"), query.get("stdin") == "true", query.get("tty") == "true", variables)
        home = self.home(target.namespace, target.name)
        return await self._to_its_end(serve_exec(request, command, home, self.exec_faults, self._exec_protocols))

    async def _to_its_end(self, work: Coroutine[None, None, web.WebSocketResponse]) -> web.StreamResponse:
        serving = asyncio.ensure_future(work)
        self._sockets.add(serving)
        serving.add_done_callback(self._sockets.discard)
        try:
            return await asyncio.shield(serving)
        except asyncio.CancelledError:  # the client has left
            serving.cancel()
            raise

    def _from_secrets(self, pod: Object) -> dict[str, str]:
        """Variables of the pod's first container whose values are keys of Secrets."""
        told: dict[str, str] = {}
        for one in pod["spec"]["containers"][0].get("env", []):
            if (key := one.get("valueFrom", {}).get("secretKeyRef")) is not None:
                secret = self.store.get(("secrets", pod["metadata"]["namespace"], key["name"]))
                written, encoded = secret.get("stringData", {}), secret.get("data", {})
                name = key["key"]
                told[one["name"]] = written[name] if name in written else b64decode(encoded[name]).decode()
        return told

    def _pod_with(self, target: Target, container: str | None) -> Object:
        pod = self.store.get(target.key)
        names = [one["name"] for one in pod["spec"]["containers"]]
        if container is not None and container not in names:
            raise StatusError(400, "BadRequest", f"container {container} is not valid for pod {target.name}")
        return pod


def _target(path: str) -> Target:
    head, *parts = path.strip("/").split("/")
    api, parts = (parts[0], parts[1:]) if head == "api" else ("/".join(parts[:2]), parts[2:])
    namespace = ""
    if len(parts) > 2 and parts[0] == "namespaces":
        namespace, parts = parts[1], parts[2:]
    plural, name, subresource = [*parts, "", "", ""][:3]
    for kind, where in KINDS.items():
        if (where.api, where.plural) == (api, plural):
            return Target(kind, where, namespace, name, subresource)
    raise StatusError(404, "NotFound", "the server could not find the requested resource")


def _event(change: Change, target: Target, chosen: Callable[[Object], bool]) -> Object | None:
    plural, namespace, _ = change.key
    if plural != target.where.plural or target.namespace not in ("", namespace):
        return None
    before = change.old is not None and chosen(change.old)
    after = change.new is not None and chosen(change.new)
    if not (before or after):
        return None
    obj = dict((change.new if change.new is not None else change.old) or {})
    obj["metadata"] = {**obj["metadata"], "resourceVersion": str(change.version)}
    return {"type": "MODIFIED" if before and after else "ADDED" if after else "DELETED", "object": obj}


def _status(error: StatusError) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Status",
        "status": "Failure",
        "reason": error.reason,
        "message": error.message,
        "code": error.code,
    }


async def _line(response: web.StreamResponse, event: Object) -> None:
    await response.write(json.dumps(event).encode() + b"\n")


async def _cut(
    request: web.Request, serve: Callable[[web.Request], Awaitable[web.StreamResponse]], after: int | None
) -> web.StreamResponse:
    assert request.transport is not None
    if after is None:
        request.transport.abort()
        return web.Response()
    whole = await serve(request)
    assert isinstance(whole, web.Response)
    assert isinstance(whole.body, bytes)
    response = web.StreamResponse(headers={"Content-Length": str(len(whole.body))})
    await response.prepare(request)
    await response.write(whole.body[:after])
    request.transport.close()
    return response
