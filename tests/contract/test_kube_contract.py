"""What the client expects of an API server. The fake passes it here, the real one in tests/e2e/test_kube.py."""

import asyncio
import hashlib
import logging
import random
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from cluster.engine import TerminalSize
from cluster.errors import ApiError, ClusterUnreachableError
from cluster.kube.api import Kube, Object
from cluster.kube.connection import Connection
from cluster.kube.exec import KubeExec
from cluster.kube.kinds import KINDS
from tests.fakes.kube_server import FakeKubeServer
from tests.fakes.relay import Relay

CONTAINER = "main"
ECHO = """
use IO::Socket::INET;
($|, $SIG{CHLD}) = (1, "IGNORE");
my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 8) or die;
print $server->sockport, "\\n";
while (my $client = $server->accept) {
    if (fork) { close $client; next }
    while (sysread $client, my $data, 65536) {
        for (my $sent = 0; $sent < length $data;) { $sent += syswrite $client, $data, length($data) - $sent, $sent }
        last if $data eq "bye";
    }
    exit;
}
"""


@dataclass(frozen=True)
class Ended:
    code: int
    stdout: bytes
    stderr: bytes


@dataclass(frozen=True)
class Lab:
    """A server, a namespace in it, a pod that runs there, and a way to make the pod print a line."""

    connection: Connection
    namespace: str
    pod: str
    say: Callable[[str], Awaitable[None]]


def config_map(namespace: str, name: str, label: str = "", **data: str) -> Object:
    labels = {"test": label} if label else {}
    metadata = {"name": name, "namespace": namespace, "labels": labels}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def pod(namespace: str, name: str, image: str) -> Object:
    container = {"name": CONTAINER, "image": image, "command": ["sleep", "infinity"]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            "containers": [container],
        },
    }


async def run_pod(kube: Kube, namespace: str, name: str, image: str) -> None:
    """Makes a pod and returns once it runs."""
    await kube.create(pod(namespace, name, image))
    async with aclosing(kube.watch("Pod", namespace, fields=f"metadata.name={name}")) as events:
        async for event in events:
            if event.object.get("status", {}).get("phase") == "Running":
                return


async def finish(session: KubeExec, stdin: bytes | None = None) -> Ended:
    """What a session prints until it ends, while it is given `stdin`, and then, unless that is None, its end."""
    printed = {"stdout": bytearray(), "stderr": bytearray()}

    async def feed() -> None:
        if stdin is not None:
            await session.write(stdin)
            await session.close_stdin()

    async def collect() -> None:
        async for stream, data in session.output():
            printed[stream] += data

    try:
        await asyncio.gather(feed(), collect())
        return Ended(session.exit_code, bytes(printed["stdout"]), bytes(printed["stderr"]))
    finally:
        await session.close()


class KubeContract(ABC):
    """Each test has names of its own, so that the server, the namespace and the pod may be shared."""

    @abstractmethod
    @pytest.fixture
    def lab(self) -> Lab: ...

    @pytest.fixture
    async def kube(self, lab: Lab) -> AsyncIterator[Kube]:
        kube = Kube(lab.connection)
        yield kube
        await kube.close()

    @pytest.fixture
    def name(self) -> str:
        return f"test-{uuid4().hex[:8]}"

    @pytest.fixture
    def place(self) -> Iterator[Path]:
        """Where a socket may be: its path must be short."""
        with TemporaryDirectory(prefix="vc") as folder:
            yield Path(folder) / "s"

    @pytest.fixture
    async def relay(self, lab: Lab) -> AsyncIterator[Relay]:
        """The way to the server for `far`."""
        server = urlsplit(lab.connection.server)
        assert server.hostname is not None
        assert server.port is not None
        async with Relay(server.hostname, server.port) as relay:
            yield relay

    @pytest.fixture
    async def far(self, lab: Lab, relay: Relay) -> AsyncIterator[Kube]:
        """A client whose connections can be cut."""
        scheme = urlsplit(lab.connection.server).scheme
        kube = Kube(replace(lab.connection, server=f"{scheme}://127.0.0.1:{relay.port}"))
        yield kube
        await kube.close()

    async def exec(self, kube: Kube, lab: Lab, *command: str, stdin: bytes | None = None) -> Ended:
        wants = stdin is not None
        session = await kube.exec(lab.pod, lab.namespace, command, container=CONTAINER, stdin=wants)
        return await finish(session, stdin)

    # Objects

    async def test_a_server_that_serves_is_ready(self, kube: Kube) -> None:
        assert await kube.ready()
        assert await kube.raw("/readyz") == b"ok"

    async def test_a_path_that_is_not_there_is_refused(self, kube: Kube) -> None:
        with pytest.raises(ApiError) as refused:
            await kube.raw("/nothing")

        assert refused.value.status == 404

    async def test_what_is_not_there_is_none(self, kube: Kube, lab: Lab, name: str) -> None:
        assert await kube.get("ConfigMap", name, lab.namespace) is None
        assert await kube.get("Namespace", name) is None
        assert await kube.delete("ConfigMap", name, lab.namespace) is False

    async def test_what_is_created_can_be_read(self, kube: Kube, lab: Lab, name: str) -> None:
        made = await kube.create(config_map(lab.namespace, name, a="1"))

        found = await kube.get("ConfigMap", name, lab.namespace)

        assert found is not None
        assert found["data"] == {"a": "1"}
        assert found["metadata"]["uid"] == made["metadata"]["uid"]
        assert found["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]

    async def test_a_name_is_created_once(self, kube: Kube, lab: Lab, name: str) -> None:
        await kube.create(config_map(lab.namespace, name, a="1"))

        with pytest.raises(ApiError) as refused:
            await kube.create(config_map(lab.namespace, name, a="2"))

        assert (refused.value.status, refused.value.reason) == (409, "AlreadyExists")
        assert name in refused.value.detail
        found = await kube.get("ConfigMap", name, lab.namespace)
        assert found is not None
        assert found["data"] == {"a": "1"}

    async def test_nothing_is_created_in_a_namespace_that_is_not_there(self, kube: Kube, name: str) -> None:
        with pytest.raises(ApiError) as refused:
            await kube.create(config_map(name, name))

        assert (refused.value.status, refused.value.reason) == (404, "NotFound")

    async def test_applying_twice_changes_nothing(self, kube: Kube, lab: Lab, name: str) -> None:
        wanted = config_map(lab.namespace, name, label="x", a="1")

        first = await kube.apply(wanted)
        second = await kube.apply(wanted)

        assert second["data"] == {"a": "1"}
        assert first["metadata"]["resourceVersion"] == second["metadata"]["resourceVersion"]

    async def test_applying_removes_its_own_and_leaves_what_others_set(self, kube: Kube, lab: Lab, name: str) -> None:
        await kube.apply(config_map(lab.namespace, name, label="x", a="1", b="2"))
        await kube.patch("ConfigMap", name, lab.namespace, {"data": {"other": "3"}})

        applied = await kube.apply(config_map(lab.namespace, name, a="4"))

        assert applied["data"] == {"a": "4", "other": "3"}
        assert "labels" not in applied["metadata"] or "test" not in applied["metadata"]["labels"]

    async def test_a_patch_changes_and_removes(self, kube: Kube, lab: Lab, name: str) -> None:
        await kube.create(config_map(lab.namespace, name, a="1", b="2"))

        patched = await kube.patch("ConfigMap", name, lab.namespace, {"data": {"a": None, "c": "3"}})

        assert patched["data"] == {"b": "2", "c": "3"}

    async def test_a_patch_for_another_version_is_refused(self, kube: Kube, lab: Lab, name: str) -> None:
        made = await kube.create(config_map(lab.namespace, name, a="1"))
        await kube.patch("ConfigMap", name, lab.namespace, {"data": {"a": "2"}})
        version = {"resourceVersion": made["metadata"]["resourceVersion"]}

        with pytest.raises(ApiError) as refused:
            await kube.patch("ConfigMap", name, lab.namespace, {"metadata": version, "data": {"a": "3"}})

        assert (refused.value.status, refused.value.reason) == (409, "Conflict")

    async def test_the_scale_of_a_deployment_can_be_set(self, kube: Kube, lab: Lab, name: str) -> None:
        spec = pod(lab.namespace, name, "nowhere.invalid/image")["spec"] | {
            "terminationGracePeriodSeconds": 1,
            "nodeSelector": {"test": "nowhere"},
        }
        await kube.create(
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": name, "namespace": lab.namespace},
                "spec": {
                    "replicas": 1,
                    "selector": {"matchLabels": {"test": name}},
                    "template": {"metadata": {"labels": {"test": name}}, "spec": spec},
                },
            }
        )

        await kube.patch("Deployment", name, lab.namespace, {"spec": {"replicas": 0}}, subresource="scale")

        found = await kube.get("Deployment", name, lab.namespace)
        assert found is not None
        assert found["spec"]["replicas"] == 0
        assert await kube.delete("Deployment", name, lab.namespace)

    async def test_what_is_deleted_is_gone(self, kube: Kube, lab: Lab, name: str) -> None:
        await kube.create(config_map(lab.namespace, name))

        assert await kube.delete("ConfigMap", name, lab.namespace, grace_seconds=0) is True
        assert await kube.get("ConfigMap", name, lab.namespace) is None
        assert await kube.delete("ConfigMap", name, lab.namespace) is False

    async def test_only_the_one_that_is_meant_is_deleted(self, kube: Kube, lab: Lab, name: str) -> None:
        made = await kube.create(config_map(lab.namespace, name))

        with pytest.raises(ApiError) as refused:
            await kube.delete("ConfigMap", name, lab.namespace, precondition_uid=str(uuid4()))
        assert (refused.value.status, refused.value.reason) == (409, "Conflict")

        uid = made["metadata"]["uid"]
        assert await kube.delete("ConfigMap", name, lab.namespace, precondition_uid=uid) is True

    async def test_lists_select_by_labels_and_fields(self, kube: Kube, lab: Lab, name: str) -> None:
        for number in range(3):
            await kube.create(config_map(lab.namespace, f"{name}-{number}", label=name))

        def names(found: Sequence[Object]) -> list[str]:
            return sorted(one["metadata"]["name"] for one in found)

        everywhere = await kube.list("ConfigMap", labels={"test": name})
        assert names(everywhere) == [f"{name}-0", f"{name}-1", f"{name}-2"]
        assert {(one["apiVersion"], one["kind"]) for one in everywhere} == {("v1", "ConfigMap")}
        assert await kube.list("ConfigMap", "kube-system", labels={"test": name}) == []
        assert await kube.list("ConfigMap", lab.namespace, labels={"test": name, "other": "x"}) == []
        field = f"metadata.name={name}-1"
        assert names(await kube.list("ConfigMap", lab.namespace, fields=field)) == [f"{name}-1"]

    @pytest.mark.parametrize("page", [1, 3, 7, 500])
    async def test_lists_are_whole_whatever_the_page(self, kube: Kube, lab: Lab, name: str, page: int) -> None:
        made = [f"{name}-{number}" for number in range(7)]
        await asyncio.gather(*(kube.create(config_map(lab.namespace, one, label=name)) for one in made))

        found = await kube.list("ConfigMap", lab.namespace, labels={"test": name}, page=page)

        assert sorted(one["metadata"]["name"] for one in found) == made

    @pytest.mark.parametrize("kind", KINDS)
    async def test_each_kind_is_where_it_is_looked_for(self, kube: Kube, lab: Lab, kind: str) -> None:
        found = await kube.list(kind, page=3)

        assert all(one["kind"] == kind for one in found)
        if KINDS[kind].namespaced:
            assert all(one["metadata"]["namespace"] == lab.namespace for one in await kube.list(kind, lab.namespace))

    # Watches

    async def test_a_watch_tells_what_is_there_and_then_what_happens(self, kube: Kube, lab: Lab, name: str) -> None:
        await kube.create(config_map(lab.namespace, name, label=name, a="1"))
        async with aclosing(kube.watch("ConfigMap", lab.namespace, labels={"test": name})) as events:
            seen = [await anext(events)]
            await kube.create(config_map(lab.namespace, f"{name}-2", label=name))
            seen.append(await anext(events))
            await kube.create(config_map(lab.namespace, f"{name}-3", label="another"))
            await kube.patch("ConfigMap", name, lab.namespace, {"data": {"a": "2"}})
            seen.append(await anext(events))
            await kube.delete("ConfigMap", name, lab.namespace)
            seen.append(await anext(events))
            await kube.patch("ConfigMap", f"{name}-2", lab.namespace, {"metadata": {"labels": {"test": "other"}}})
            seen.append(await anext(events))

        assert [(event.type, event.object["metadata"]["name"]) for event in seen] == [
            ("ADDED", name),
            ("ADDED", f"{name}-2"),
            ("MODIFIED", name),
            ("DELETED", name),
            ("DELETED", f"{name}-2"),
        ]
        assert seen[2].object["data"] == {"a": "2"}
        assert {event.object["kind"] for event in seen} == {"ConfigMap"}

    async def test_a_watch_goes_on_after_its_connection_was_cut(
        self, kube: Kube, far: Kube, relay: Relay, lab: Lab, name: str
    ) -> None:
        await kube.create(config_map(lab.namespace, name, label=name, a="1"))
        async with aclosing(far.watch("ConfigMap", lab.namespace, labels={"test": name})) as events:
            assert (await anext(events)).type == "ADDED"
            await kube.patch("ConfigMap", name, lab.namespace, {"data": {"a": "2"}})
            assert (await anext(events)).object["data"] == {"a": "2"}

            following = asyncio.ensure_future(anext(events))
            assert relay.cut()
            await kube.patch("ConfigMap", name, lab.namespace, {"data": {"a": "3"}})

            event = await following
        assert (event.type, event.object["data"]) == ("MODIFIED", {"a": "3"})

    # Logs

    async def test_logs_are_told_by_lines_and_the_last_of_them(self, kube: Kube, lab: Lab, name: str) -> None:
        for number in range(3):
            await lab.say(f"{name} {number} ü\x85\u2028")

        lines = [line async for line in kube.logs(lab.pod, lab.namespace, container=CONTAINER)]
        last = [line async for line in kube.logs(lab.pod, lab.namespace, tail=2)]
        stamped = [line async for line in kube.logs(lab.pod, lab.namespace, tail=1, timestamps=True)]

        assert [line for line in lines if name in line] == [f"{name} {number} ü\x85\u2028" for number in range(3)]
        assert last == lines[-2:]
        assert stamped[0].startswith("20")
        assert stamped[0].endswith(f"Z {last[-1]}")

    async def test_logs_can_be_followed(self, kube: Kube, lab: Lab, name: str) -> None:
        await lab.say(f"{name} before")
        async with aclosing(kube.logs(lab.pod, lab.namespace, follow=True, tail=1)) as lines:
            assert await anext(lines) == f"{name} before"
            await lab.say(f"{name} after")
            assert await anext(lines) == f"{name} after"

    async def test_following_waits_for_the_first_line(self, lab: Lab, name: str) -> None:
        impatient = Kube(lab.connection, timeout=0.2, patience=0.4)
        try:
            async with aclosing(impatient.logs(lab.pod, lab.namespace, follow=True, tail=0)) as lines:
                first = asyncio.ensure_future(anext(lines))
                done, _ = await asyncio.wait([first], timeout=0.8)
                assert not done
                await lab.say(f"{name} at last")
                assert await first == f"{name} at last"
        finally:
            await impatient.close()

    async def test_no_pod_no_logs(self, kube: Kube, lab: Lab, name: str) -> None:
        with pytest.raises(ApiError) as refused:
            [line async for line in kube.logs(name, lab.namespace)]

        assert (refused.value.status, refused.value.reason) == (404, "NotFound")
        assert name in refused.value.detail

    # Commands

    @pytest.mark.parametrize("code", [0, 1, 2, 42, 127, 255])
    async def test_the_exit_code_of_a_command_is_known(self, kube: Kube, lab: Lab, code: int) -> None:
        assert await self.exec(kube, lab, "sh", "-c", f"exit {code}") == Ended(code, b"", b"")

    async def test_the_signal_that_ended_a_command_is_known(self, kube: Kube, lab: Lab) -> None:
        assert (await self.exec(kube, lab, "sh", "-c", "kill -KILL $$")).code == 137

    async def test_streams_stay_apart(self, kube: Kube, lab: Lab) -> None:
        assert await self.exec(kube, lab, "sh", "-c", "echo out; echo err >&2; exit 3") == Ended(3, b"out\n", b"err\n")

    async def test_arguments_arrive_as_they_are(self, kube: Kube, lab: Lab) -> None:
        arguments = ["a b", "$HOME", "'", '"', "*", "", "ü&=+%20#", "\n"]

        ended = await self.exec(kube, lab, "printf", "%s|", *arguments)

        assert ended.stdout.decode() == "".join(f"{one}|" for one in arguments)

    async def test_a_command_without_input_sees_its_end(self, kube: Kube, lab: Lab) -> None:
        assert await self.exec(kube, lab, "cat") == Ended(0, b"", b"")

    async def test_the_end_of_input_is_told(self, kube: Kube, lab: Lab) -> None:
        assert await self.exec(kube, lab, "cat", stdin=b"") == Ended(0, b"", b"")
        assert await self.exec(kube, lab, "wc", "-c", stdin=b"12345") == Ended(0, b"5\n", b"")

    async def test_much_input_arrives_whole(self, kube: Kube, lab: Lab) -> None:
        data = random.Random(1).randbytes(20_000_000)

        ended = await self.exec(kube, lab, "sha256sum", stdin=data)

        assert (ended.code, ended.stdout.split()[0].decode()) == (0, hashlib.sha256(data).hexdigest())

    async def test_much_output_arrives_whole(self, kube: Kube, lab: Lab) -> None:
        ended = await self.exec(kube, lab, "sh", "-c", "head -c 20000000 /dev/zero; echo end >&2")

        assert (ended.code, ended.stdout, ended.stderr) == (0, bytes(20_000_000), b"end\n")

    async def test_input_and_output_flow_at_the_same_time(self, kube: Kube, lab: Lab) -> None:
        data = random.Random(2).randbytes(8_000_000)

        assert await self.exec(kube, lab, "cat", stdin=data) == Ended(0, data, b"")

    async def test_many_small_writes_while_the_command_prints_much(self, kube: Kube, lab: Lab) -> None:
        command = ["sh", "-c", "head -c 3000000 /dev/zero & wc -l >&2; wait"]
        session = await kube.exec(lab.pod, lab.namespace, command, container=CONTAINER, stdin=True)

        async def feed() -> None:
            for number in range(2000):
                await session.write(f"{number}\n".encode())
            await session.close_stdin()

        ended, _ = await asyncio.gather(finish(session), feed())

        assert ended == Ended(0, bytes(3_000_000), b"2000\n")

    async def test_what_an_ended_command_did_not_read_is_dropped(self, kube: Kube, lab: Lab) -> None:
        session = await kube.exec(
            lab.pod, lab.namespace, ["sh", "-c", "echo no >&2; exit 5"], container=CONTAINER, stdin=True
        )
        await session.write(b"x" * 1000)
        printed = [piece async for piece in session.output()]

        await session.write(b"x" * 1_000_000)
        await session.close_stdin()
        await session.close()

        assert (printed, session.exit_code) == ([("stderr", b"no\n")], 5)
        assert [piece async for piece in session.output()] == []

    async def test_a_failing_reader_of_much_input_is_heard(self, kube: Kube, lab: Lab) -> None:
        script = "head -c 100000 >/dev/null; echo full >&2; cat >/dev/null; exit 4"

        assert await self.exec(kube, lab, "sh", "-c", script, stdin=bytes(5_000_000)) == Ended(4, b"", b"full\n")

    async def test_a_terminal_has_its_size_and_follows_it(self, kube: Kube, lab: Lab) -> None:
        script = "trap 'stty size' WINCH; trap 'exit 9' INT; tty >&2; stty size; while :; do sleep 0.05; done"
        session = await kube.exec(
            lab.pod,
            lab.namespace,
            ["sh", "-c", script],
            container=CONTAINER,
            stdin=True,
            terminal=TerminalSize(columns=91, rows=33),
        )
        printed = b""
        answers = {b"33 91": session.resize(TerminalSize(120, 44)), b"44 120": session.write(b"\x03")}
        async for stream, data in session.output():
            assert stream == "stdout"
            printed += data
            for seen in [size for size in answers if size in printed]:
                await answers.pop(seen)
        await session.close()

        assert (answers, session.exit_code) == ({}, 9)
        assert b"/dev/pts/" in printed

    async def test_a_command_that_is_not_there_is_told(self, kube: Kube, lab: Lab) -> None:
        with pytest.raises(ApiError) as refused:
            await self.exec(kube, lab, "no-such-command")

        assert "no-such-command" in refused.value.detail

    async def test_no_pod_no_commands(self, kube: Kube, lab: Lab, name: str) -> None:
        with pytest.raises(ApiError) as refused:
            await kube.exec(name, lab.namespace, ["true"], container=CONTAINER)

        assert refused.value.status == 404
        assert name in refused.value.detail

    async def test_no_container_no_commands(self, kube: Kube, lab: Lab, name: str) -> None:
        with pytest.raises(ApiError) as refused:
            await kube.exec(lab.pod, lab.namespace, ["true"], container=name)

        assert refused.value.status == 400
        assert name in refused.value.detail

    async def test_a_session_can_be_left(self, kube: Kube, lab: Lab) -> None:
        session = await kube.exec(lab.pod, lab.namespace, ["cat"], container=CONTAINER, stdin=True)
        reading = asyncio.ensure_future(anext(session.output()))
        await session.write(b"hello")
        assert await reading == ("stdout", b"hello")

        await session.close()

        with pytest.raises(ClusterUnreachableError):
            await anext(session.output())

    async def test_a_lost_connection_is_told(self, far: Kube, relay: Relay, lab: Lab) -> None:
        session = await far.exec(lab.pod, lab.namespace, ["cat"], container=CONTAINER, stdin=True)
        output = session.output()
        await session.write(b"hello")
        assert await anext(output) == ("stdout", b"hello")

        assert relay.cut()

        with pytest.raises(ClusterUnreachableError):
            await anext(output)
        await session.write(b"nobody")
        await session.close()

    # Ports

    @pytest.fixture
    async def echo(self, kube: Kube, lab: Lab) -> AsyncIterator[int]:
        """A port of the pod where everything comes back, and `bye` ends the connection."""
        session = await kube.exec(lab.pod, lab.namespace, ["perl", "-e", ECHO], container=CONTAINER)
        _, printed = await anext(session.output())
        yield int(printed)
        await session.close()

    async def test_a_port_is_reached_through_a_socket(self, kube: Kube, lab: Lab, echo: int, place: Path) -> None:
        data = random.Random(3).randbytes(3_000_000)
        async with kube.forwarded(lab.pod, lab.namespace, echo, place):
            (large, to_large), (small, to_small) = [await asyncio.open_unix_connection(place) for _ in range(2)]
            to_large.write(data)
            to_small.write(b"hello")
            assert await small.readexactly(5) == b"hello"
            assert await large.readexactly(len(data)) == data
            to_large.close()
            to_small.close()

    async def test_the_end_of_a_connection_is_passed_on(self, kube: Kube, lab: Lab, echo: int, place: Path) -> None:
        async with kube.forwarded(lab.pod, lab.namespace, echo, place):
            reader, writer = await asyncio.open_unix_connection(place)
            writer.write(b"bye")
            assert await reader.read() == b"bye"
            writer.close()

    async def test_who_reaches_nobody_is_hung_up_and_the_log_says_why(
        self, kube: Kube, lab: Lab, name: str, place: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, "cluster.kube.port_forward")
        for pod, words in ((lab.pod, "port 1 "), (name, name)):
            caplog.clear()
            async with kube.forwarded(pod, lab.namespace, 1, place):
                reader, writer = await asyncio.open_unix_connection(place)
                assert await reader.read() == b""
                writer.close()
            assert words in caplog.messages[0].partition("not reached:")[2]
            place.unlink(missing_ok=True)

    async def test_connections_end_with_the_forwarding(self, kube: Kube, lab: Lab, echo: int, place: Path) -> None:
        async with kube.forwarded(lab.pod, lab.namespace, echo, place):
            reader, writer = await asyncio.open_unix_connection(place)
            writer.write(b"hello")
            assert await reader.readexactly(5) == b"hello"
        assert await reader.read() == b""
        writer.close()


class TestFakeKubeServer(KubeContract):
    @pytest.fixture
    async def lab(self, tmp_path: Path) -> AsyncIterator[Lab]:
        async with FakeKubeServer(tmp_path) as server:
            kube = Kube(server.connection)
            await kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "contract"}})
            await run_pod(kube, "contract", "box", "any")
            await kube.close()

            async def say(line: str) -> None:
                server.say("contract", "box", line)

            yield Lab(server.connection, "contract", "box", say)
