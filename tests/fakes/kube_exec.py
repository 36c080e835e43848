"""Exec as the fake API server does it: commands really run, with a folder in the place of /home/coder."""

import asyncio
import fcntl
import json
import os
import pty
import signal
import struct
import sys
import termios
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from aiohttp import WSMsgType, web

STDIN, STDOUT, STDERR, STATUS, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
CHUNK = 32 * 1024
ON_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)
DISK_FULL = (
    'head -c "$1" >/dev/null; echo "tar: project: Cannot write: No space left on device" >&2; cat >/dev/null; exit 2'
)


@dataclass
class ExecFaults:
    """What goes wrong in commands; numbers count bytes of standard input.

    `cut_after` loses one connection, `disk_full_after` fails every command that reads its input, until reset.
    `lost_starts` counts commands whose process is lost before it runs, as runc tells it.
    """

    cut_after: int | None = None
    disk_full_after: int | None = None
    silent: bool = False
    lost_starts: int = 0


@dataclass(frozen=True)
class Command:
    """A command as a request asks for it; `variables` are what its container is told of Secrets."""

    words: Sequence[str]
    stdin: bool
    tty: bool
    variables: Mapping[str, str]


class Child(Protocol):
    """A running command; `outputs` by channel."""

    @property
    def outputs(self) -> Mapping[int, asyncio.StreamReader]: ...
    async def write(self, data: bytes) -> None: ...
    def close_stdin(self) -> None: ...
    def resize(self, columns: int, rows: int) -> None: ...
    async def wait(self) -> int: ...
    async def end(self) -> None: ...


async def serve_exec(request: web.Request, command: Command, home: Path, faults: ExecFaults, protocols: Sequence[str]):
    """Upgrades the request and runs the command in `home`, until it ends or the client leaves."""
    socket = web.WebSocketResponse(protocols=protocols, compress=False, max_msg_size=0, timeout=1)
    await socket.prepare(request)
    await socket.send_bytes(bytes([STDOUT]))  # as the real one greets
    if faults.silent:
        await asyncio.Event().wait()
    if faults.lost_starts:
        faults.lost_starts -= 1
        message = "unable to start container process: read init-p: connection reset by peer: unknown"
        await _end(socket, {"status": "Failure", "reason": "InternalError", "code": 500, "message": message})
        return socket
    words = [word.replace("/home/coder", str(home)) for word in command.words]
    if faults.disk_full_after is not None and command.stdin:
        words = ["sh", "-c", DISK_FULL, "sh", str(faults.disk_full_after)]
    home.mkdir(parents=True, exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm", "LANG": "C.UTF-8"}
    environment |= command.variables
    try:
        child: Child = await (Terminal if command.tty else Pipes).start(words, home, environment, stdin=command.stdin)
    except OSError as error:
        message = f'error executing command in container: exec: "{words[0]}": {error.strerror}'
        await _end(socket, {"status": "Failure", "reason": "InternalError", "code": 500, "message": message})
        return socket
    try:
        await _converse(request, socket, child, faults)
    finally:
        await child.end()
    return socket


async def _converse(request: web.Request, socket: web.WebSocketResponse, child: Child, faults: ExecFaults) -> None:
    listening = asyncio.ensure_future(_listen(request, socket, child, faults))
    talking = asyncio.ensure_future(_talk(socket, child))
    try:
        await asyncio.wait([listening, talking], return_when=asyncio.FIRST_COMPLETED)
        code = talking.result() if talking.done() else None
    finally:
        listening.cancel()
        talking.cancel()
        await asyncio.wait([listening, talking])
    if code is not None:
        causes = [{"reason": "ExitCode", "message": str(code)}]
        failed = {"status": "Failure", "reason": "NonZeroExitCode", "details": {"causes": causes}}
        await _end(socket, failed if code else {"status": "Success"})


async def _listen(request: web.Request, socket: web.WebSocketResponse, child: Child, faults: ExecFaults) -> None:
    received = 0
    async for message in socket:
        if message.type is not WSMsgType.BINARY or not message.data:
            continue
        channel, data = message.data[0], message.data[1:]
        if channel == STDIN:
            received += len(data)
            if faults.cut_after is not None and received >= faults.cut_after:
                faults.cut_after = None
                assert request.transport is not None
                request.transport.abort()
                return
            with suppress(ConnectionError):  # it reads no more
                await child.write(data)
        elif channel == CLOSE:
            child.close_stdin()
        elif channel == RESIZE:
            size = json.loads(data)
            child.resize(size["Width"], size["Height"])


async def _talk(socket: web.WebSocketResponse, child: Child) -> int:
    async def relay(channel: int, stream: asyncio.StreamReader) -> None:
        with suppress(ConnectionError):  # the client has left
            while data := await stream.read(CHUNK):
                await socket.send_bytes(bytes([channel]) + data)

    async with asyncio.TaskGroup() as group:
        for channel, stream in child.outputs.items():
            group.create_task(relay(channel, stream))
    code = await child.wait()
    return code if code >= 0 else 128 - code  # as a container runtime tells a signal


async def _end(socket: web.WebSocketResponse, status: dict[str, Any]) -> None:
    with suppress(ConnectionError):
        await socket.send_bytes(bytes([STATUS]) + json.dumps(status).encode())
        await socket.close()


class Pipes:
    """A child whose three streams are pipes."""

    def __init__(self, child: Process) -> None:
        assert child.stdout is not None
        assert child.stderr is not None
        self._child = child
        self.outputs = {STDOUT: child.stdout, STDERR: child.stderr}

    @classmethod
    async def start(cls, words: Sequence[str], home: Path, environment: Mapping[str, str], *, stdin: bool) -> "Pipes":
        source = PIPE if stdin else DEVNULL
        return cls(
            await asyncio.create_subprocess_exec(
                *words, stdin=source, stdout=PIPE, stderr=PIPE, cwd=home, env=environment, start_new_session=True
            )
        )

    async def write(self, data: bytes) -> None:
        if self._child.stdin is not None:
            self._child.stdin.write(data)
            await self._child.stdin.drain()

    def close_stdin(self) -> None:
        if self._child.stdin is not None:
            self._child.stdin.close()

    def resize(self, columns: int, rows: int) -> None:
        pass

    async def wait(self) -> int:
        return await self._child.wait()

    async def end(self) -> None:
        self.close_stdin()
        _kill(self._child)
        await asyncio.gather(self._child.wait(), *(stream.read() for stream in self.outputs.values()))


class Terminal:
    """A child on a terminal of its own."""

    def __init__(self, child: Process, master: int) -> None:
        self._child = child
        self._master = master
        self._printed = asyncio.StreamReader()
        self.outputs = {STDOUT: self._printed}
        asyncio.get_running_loop().add_reader(master, self._read)

    @classmethod
    async def start(
        cls, words: Sequence[str], home: Path, environment: Mapping[str, str], *, stdin: bool
    ) -> "Terminal":
        master, slave = pty.openpty()
        try:
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-IS", "-c", ON_TERMINAL, *words),
                stdin=slave,
                stdout=slave,
                stderr=slave,
                cwd=home,
                env=environment,
                start_new_session=True,
            )
        except BaseException:
            os.close(master)
            raise
        finally:
            os.close(slave)
        return cls(child, master)

    def _read(self) -> None:
        try:
            data = os.read(self._master, CHUNK)
        except OSError:  # EIO: nobody has it open any more
            data = b""
        if data:
            self._printed.feed_data(data)
        else:
            asyncio.get_running_loop().remove_reader(self._master)
            self._printed.feed_eof()

    async def write(self, data: bytes) -> None:
        os.write(self._master, data)

    def close_stdin(self) -> None:
        os.write(self._master, b"\x04")

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    async def wait(self) -> int:
        return await self._child.wait()

    async def end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._master)
        _kill(self._child)
        await self._child.wait()
        os.close(self._master)


def _kill(child: Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
