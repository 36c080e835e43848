"""A command that runs in a local workspace, on pipes or on a terminal of its own."""

import asyncio
import errno
import fcntl
import os
import pty
import signal
import struct
import termios
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from cluster.engine import TerminalSize

PIECE = 64 * 1024
END_OF_INPUT = b"\x04"
_Piece = tuple[Literal["stdout", "stderr"], bytes]


class PipedSession:
    """Standard input, output and error apart; leaving it ends the command."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._ended = False

    @classmethod
    async def start(cls, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> "PipedSession":
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=env, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        )
        return cls(process)

    async def write(self, data: bytes) -> None:
        """What is written to a command that reads no more is dropped, as by any pipe's shell."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError, ConnectionResetError):
            self._process.stdin.write(data)
            await self._process.stdin.drain()

    async def close_stdin(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()

    async def resize(self, size: TerminalSize) -> None:
        """There is no terminal to resize."""

    async def output(self) -> AsyncIterator[_Piece]:
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        queue: asyncio.Queue[_Piece | None] = asyncio.Queue(16)

        async def read(name: Literal["stdout", "stderr"], stream: asyncio.StreamReader) -> None:
            while data := await stream.read(PIECE):
                await queue.put((name, data))
            await queue.put(None)

        readers = [
            asyncio.ensure_future(read("stdout", self._process.stdout)),
            asyncio.ensure_future(read("stderr", self._process.stderr)),
        ]
        try:
            for _ in readers:
                while (piece := await queue.get()) is not None:
                    yield piece
            await self._process.wait()
        finally:
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)

    @property
    def exit_code(self) -> int:
        return _exit_code(self._process)

    async def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()


class TerminalSession:
    """A command on a pseudo-terminal; leaving it hangs up."""

    def __init__(self, process: asyncio.subprocess.Process, master: int) -> None:
        self._process = process
        self._master = master
        self._open = True

    @classmethod
    async def start(
        cls, command: Sequence[str], folder: Path, env: Mapping[str, str], size: TerminalSize
    ) -> "TerminalSession":
        """The command must make its standard input its controlling terminal; see `cluster.local.launch`."""
        master, slave = pty.openpty()
        try:
            os.set_blocking(master, False)
            _set_size(master, size)
            process = await asyncio.create_subprocess_exec(
                *command, cwd=folder, env=env, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
            )
        except BaseException:
            os.close(master)
            raise
        finally:
            os.close(slave)
        return cls(process, master)

    async def write(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        while data and self._open:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                free = asyncio.Event()
                loop.add_writer(self._master, free.set)
                try:
                    await free.wait()
                finally:
                    loop.remove_writer(self._master)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                return

    async def close_stdin(self) -> None:
        await self.write(END_OF_INPUT)

    async def resize(self, size: TerminalSize) -> None:
        if self._open:
            _set_size(self._master, size)

    async def output(self) -> AsyncIterator[_Piece]:
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self._master, readable.set)
        try:
            while True:
                await readable.wait()
                try:
                    data = os.read(self._master, PIECE)
                except BlockingIOError:
                    readable.clear()
                    continue
                except OSError as error:  # Linux says EIO when the last holder of the other end is gone
                    if error.errno != errno.EIO:
                        raise
                    break
                if not data:
                    break
                yield "stdout", data
        finally:
            loop.remove_reader(self._master)
        await self._process.wait()

    @property
    def exit_code(self) -> int:
        return _exit_code(self._process)

    async def close(self) -> None:
        if self._open:
            self._open = False
            os.close(self._master)  # the kernel hangs up on whoever has this terminal
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGHUP)
        try:
            await asyncio.wait_for(self._process.wait(), 2)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()


def _exit_code(process: asyncio.subprocess.Process) -> int:
    code = process.returncode
    assert code is not None
    return code if code >= 0 else 128 - code


def _set_size(descriptor: int, size: TerminalSize) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", size.rows, size.columns, 0, 0))
