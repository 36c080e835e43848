"""The host: one background program for each VibeCode home, with the proxy and the editors' supervision.

Run as `python -I -m cluster.local.host`, with its order as JSON on standard input; it says one line of JSON on
standard output once it serves, or why it cannot. SIGTERM ends it, and the editors go on without it.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from cluster.errors import ClusterBusyError, PortTakenError, WorkspaceNotFoundError
from cluster.kind.ports import is_free
from cluster.local import editor, loops
from cluster.local.contact import LINE, Contact, Order, read_contact
from cluster.local.ending import end_workspace
from cluster.local.files import replace_file, told
from cluster.local.folders import LocalFolder, Sockets, choose_sockets
from cluster.local.limits import Confinement, Limits, confine, parse_memory
from cluster.local.locks import locked
from cluster.local.news import News
from cluster.local.processes import identify
from cluster.local.proxy.app import Application, listen, serve
from cluster.local.proxy.passes import Passes, signing_key
from cluster.local.proxy.tickets import Tickets
from cluster.local.recipe import Recipe
from cluster.local.records import change_wanted, names, read_record
from cluster.local.service_records import with_services
from cluster.local.services import change_taken_ports
from cluster.local.supervisor import Editor
from cluster.manifests.workspace import Address
from templates.errors import UnexpectedError, VibeCodeError

PORTS = (80, 8080, 0)
"""What is tried where no port was asked for or used before; 0 is any that is free."""

LETS_GO_WITHIN = 10.0
"""Seconds in which the lock of a host that was killed is free: what it was just starting may hold it for a moment."""


class Host:
    """Answers the engine, and tells the proxy where each workspace listens."""

    def __init__(self, order: Order, contact: Contact, passes: Passes, confinement: Confinement) -> None:
        self._order = order
        self._folder = LocalFolder(Path(order.home))
        self._contact = contact
        self._passes = passes
        self._confinement = confinement
        self._editors: dict[str, Editor] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._news = News()
        self.tickets = Tickets()

    def socket(self, workspace: str) -> Path | None:
        """See `cluster.local.proxy.routes.Routes`."""
        found = self._editors.get(workspace)
        return found.socket if found else None

    def resume(self) -> None:
        """Takes up every workspace that is to run; what an earlier host left running is adopted."""
        for name in names(self._folder):
            record = read_record(self._folder.workspace(name))
            if record is not None and record.wanted == "running":
                self._editors[name] = self._supervise(name)

    async def let_go(self) -> None:
        """Ends the supervision of all; the editors go on."""
        await asyncio.gather(*(one.let_go() for one in self._editors.values()))

    async def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Raises a VibeCodeError, which is the answer then."""
        match question:
            case {"ask": "state"}:
                return self._state()
            case {"ask": "news", "other_than": int(number)}:
                await self._news.other_than(number)
                return self._state()
            case {"ask": "history"}:
                return {"history": [piece.encode() for piece in self._news.kept]}
            case {"ask": "start", "name": str(name)}:
                await self._start(name)
            case {"ask": "stop", "name": str(name)}:
                await self._stop(name)
            case {"ask": "ticket", "site": str(site)}:
                return {"ticket": self.tickets.issue(site)}
            case {"ask": "cookie", "site": str(site)}:
                return {"cookie": self._passes.cookie(site)}
            case _:
                raise UnexpectedError("The host was asked what it does not know.")
        return {}

    def _state(self) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "order": {name: getattr(self._order, name) for name in Order.__slots__},
            "limits": self._confinement.words,
            "news": self._news.number,
            "workspaces": {name: {"state": one.state, "reason": one.reason} for name, one in self._editors.items()},
        }

    def _supervise(self, name: str) -> Editor:
        self._news.add(name, "starting", "the editor is starting")
        return Editor(self._recipe(name), tell=partial(self._news.add, name))

    async def _start(self, name: str) -> None:
        async with self._locks.setdefault(name, asyncio.Lock()):
            folder = self._folder.workspace(name)
            if read_record(folder) is None:
                raise WorkspaceNotFoundError(f"There is no workspace {name!r}.")
            change_wanted(folder, "running")
            found = self._editors.get(name)
            if found is not None and not await found.well():
                await found.stop()
                found = None
            if found is None:
                found = self._editors[name] = self._supervise(name)
        await found.listening()

    async def _stop(self, name: str) -> None:
        async with self._locks.setdefault(name, asyncio.Lock()):
            folder = self._folder.workspace(name)
            change_wanted(folder, "stopped")
            if (found := self._editors.pop(name, None)) is not None:
                await found.stop()
            else:
                await end_workspace(folder, self._contact.sockets.runtime(name))

    def _recipe(self, name: str) -> Recipe:
        order, folder, sockets = self._order, self._folder.workspace(name), self._contact.sockets
        address = Address(name, order.base_domain, self._contact.port)
        change_taken_ports(folder)
        return Recipe(
            folder,
            sockets,
            with_services(folder, editor.command(Path(order.program), folder, sockets, address)),
            editor.environment(folder, sockets, os.environ, order.programs, order.packages),
            self._confinement,
        )


async def run(order: Order) -> None:
    """Serves until SIGTERM. Raises a VibeCodeError where it cannot begin."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    folder = LocalFolder(Path(order.home))

    def busy() -> Exception:
        return ClusterBusyError("Another host keeps this folder's workspaces running.")

    async with AsyncExitStack() as stack:
        with told(folder.host_lock):
            await stack.enter_async_context(locked(folder.host_lock, within=LETS_GO_WITHIN, busy=busy))
        before = read_contact(folder)
        sockets = choose_sockets(folder, os.environ)
        with open_listener(order.http_port, before.port if before else 0) as listener:
            me = identify(os.getpid())
            assert me is not None
            contact = Contact(me, sockets, order.base_domain, listener.getsockname()[1])
            passes = Passes(signing_key(folder.keys))
            host = Host(order, contact, passes, confine(Limits(parse_memory(order.memory))))
            app = Application(order.base_domain, contact.port, host, host.tickets, passes)
            async with serve(app, listener), _control(host, sockets):
                with told(folder.host):
                    replace_file(folder.host, contact.encode())
                host.resume()
                _say({"port": contact.port})
                await ended.wait()
                await host.let_go()


def open_listener(wish: int, before: int) -> socket.socket:
    """The proxy's socket: on the port that is wished for, else the one it had before, else the first of PORTS.

    Raises PortTakenError where a wish, or the one before, cannot be had: addresses stay what they were.
    """
    for port in (wish,) if wish else (before,) if before else PORTS:
        with suppress(OSError):
            if port == 0 or is_free(port):
                return listen(port)
    port = wish or before
    hint = f"`vibecode doctor` says by whom; or choose another: `VIBECODE_HTTP_PORT={port + 1} vibecode up`."
    raise PortTakenError(f"Port {port} on 127.0.0.1 is in use.", hint=hint)


@asynccontextmanager
async def _control(host: Host, sockets: Sockets) -> AsyncGenerator[None]:
    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            try:
                answer = await host.answer(json.loads(await reader.readuntil(b"\n")))
            except VibeCodeError as error:
                answer = {"error": error.as_dict()}
            except ValueError as error:
                answer = {"error": UnexpectedError(f"The host was asked in another language: {error}").as_dict()}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    sockets.control.unlink(missing_ok=True)  # of a host that was killed; the lock says that none lives
    server = await asyncio.start_unix_server(serve_one, sockets.control, limit=LINE)
    try:
        yield
    finally:
        server.close()
        sockets.control.unlink(missing_ok=True)


def _say(line: dict[str, Any]) -> None:
    """The one line for whoever started the host, after which they may be gone."""
    with suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    os.dup2(2, 1)


def main() -> int:
    os.umask(0o077)
    if os.fork():  # whoever started the host is not its parent, and need not wait for it
        os._exit(0)
    try:
        loops.run(run(Order(**json.load(sys.stdin))))
    except VibeCodeError as error:
        _say({"error": error.as_dict()})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
