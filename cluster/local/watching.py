"""Local workspaces as they change: the host tells of the editors, and the records are looked at."""

import asyncio
from collections.abc import AsyncGenerator
from time import thread_time

from cluster.engine import Workspace
from cluster.local.contact import NO_ANSWER, ask, read_contact
from cluster.local.folders import LocalFolder
from cluster.local.hosting import ANSWERS_WITHIN, find_host
from cluster.local.listing import Found, Listing
from cluster.local.news import PATIENCE
from cluster.local.processes import lives
from templates.errors import VibeCodeError

LOOK_EVERY = 0.1
HOST_EVERY = 0.5
"""Seconds between two looks at the records, and for a host where none tells."""

SERVICES_EVERY = 2.0
"""Seconds between two looks whether services answer: nobody tells of that."""

SHARE = 0.005
"""The part of a processor that looking at records may take."""

LONGEST_PAUSE = 2.0
"""Seconds after which records are looked at again, however many there are."""

TOGETHER = 0.02
"""Seconds in which what changes, changes as one."""

Stamp = tuple[tuple[str, int, int], ...]


async def watched(listing: Listing) -> AsyncGenerator[tuple[Workspace, ...]]:
    """All workspaces, at once and again after each change, until closed."""
    changed = asyncio.Event()
    host = await find_host(listing.folder)
    told: tuple[Workspace, ...] | None = None

    async def follow_records() -> None:
        last: Stamp | None = None
        while True:
            stamp, took = await asyncio.to_thread(_stamp, listing.folder)
            if stamp != last:
                last = stamp
                changed.set()
            await asyncio.sleep(pause_after(took))

    async def follow_host() -> None:
        nonlocal host
        while True:
            heard = await _news(listing.folder, host)
            told = heard or await find_host(listing.folder)
            if told != host:
                host = told
                changed.set()
            if heard is None:
                await asyncio.sleep(HOST_EVERY)

    async def follow_services() -> None:
        while True:
            await asyncio.sleep(SERVICES_EVERY)
            if told and any(one.services and one.state == "running" for one in told):
                changed.set()

    work = [asyncio.ensure_future(one) for one in (follow_records(), follow_host(), follow_services())]
    for one in work:
        one.add_done_callback(lambda _: changed.set())
    try:
        while True:
            await changed.wait()
            await asyncio.sleep(TOGETHER)
            changed.clear()
            for one in work:
                if one.done():
                    one.result()
            now = await asyncio.to_thread(listing.all, host)
            if now != told:
                told = now
                yield now
    finally:
        for one in work:
            one.cancel()
        await asyncio.gather(*work, return_exceptions=True)


async def _news(folder: LocalFolder, host: Found | None) -> Found | None:
    """The host and its state once that is another than `host` has; None where none answers, or one too old to tell."""
    contact = read_contact(folder)
    if contact is None or not lives(contact.identity):
        return None
    number = host[1].get("news", -1) if host and host[0] == contact else -1
    try:
        async with asyncio.timeout(PATIENCE + ANSWERS_WITHIN):
            return contact, await ask(contact.sockets.control, "news", other_than=number)
    except (*NO_ANSWER, TimeoutError, VibeCodeError):
        return None


def pause_after(took: float) -> float:
    """Seconds until the next look, after one that took so much of a processor."""
    return min(LONGEST_PAUSE, max(LOOK_EVERY, took / SHARE))


def _stamp(folder: LocalFolder) -> tuple[Stamp, float]:
    """What is another after each change of a record, which is replaced whole; and the processor's seconds it took.

    A look that only waits for its turn on a busy machine costs nothing, and must not put off the next.
    """
    began = thread_time()
    found: list[tuple[str, int, int]] = []
    for one in folder.all():
        try:
            record = one.record.stat()
        except OSError:
            found.append((one.name, 0, 0))
        else:
            found.append((one.name, record.st_mtime_ns, record.st_ino))
    return tuple(found), thread_time() - began
