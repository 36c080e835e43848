"""What happens to objects, as it happens, over a connection that heals."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

import httpx

from cluster.errors import ApiError
from cluster.kube.kinds import KINDS, Object
from cluster.kube.listing import list_objects
from cluster.kube.retry import delay
from cluster.kube.transport import Transport, lines

SERVED = 290
"""Seconds after which the server is to end a watch, so that no proxy does."""

SILENCE = 90.0
"""Seconds; the server sends a bookmark each minute, so that after these the connection is taken for dead."""

Known = dict[tuple[str, str], Object]


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """One change of one object; of a deleted one, its last known state."""

    type: Literal["ADDED", "MODIFIED", "DELETED"]
    object: Object


class _LostTrackError(Exception):
    """The server no longer knows what happened since the version that we have."""


async def watch(
    transport: Transport, kind: str, namespace: str | None, selectors: Mapping[str, str]
) -> AsyncGenerator[WatchEvent]:
    """See `batches`; one event at a time."""
    async with aclosing(batches(transport, kind, namespace, selectors)) as every:
        async for batch in every:
            for event in batch:
                yield event


async def batches(
    transport: Transport, kind: str, namespace: str | None, selectors: Mapping[str, str]
) -> AsyncGenerator[Sequence[WatchEvent]]:
    """All objects as ADDED in the first batch, even where there are none, then every change, until closed.

    Cut connections are made again, and where the server forgot what happened meanwhile, all is listed again and told
    as differences. Raises what the transport raises once the server refuses, or is out of reach for its patience.
    """
    known: Known = {}
    version: str | None = None
    failures = 0
    while True:
        if version is None:
            objects, version = await list_objects(transport, kind, namespace, selectors)
            yield list(differences(known, objects))
        try:
            async with aclosing(_changes(transport, kind, namespace, selectors, version)) as changes:
                async for type_, changed in changes:
                    failures = 0
                    version = changed["metadata"]["resourceVersion"]
                    if type_ != "BOOKMARK":
                        yield [_learn(known, WatchEvent(type_, changed))]
        except _LostTrackError:
            version = None
        except httpx.TransportError:
            pass
        failures += 1
        await asyncio.sleep(delay(failures))


def differences(known: Known, objects: Iterable[Object]) -> Iterator[WatchEvent]:
    """What must have happened between `known`, which is brought up to date, and `objects`."""
    gone = dict(known)
    for new in objects:
        old = gone.pop(_key(new), None)
        if old is not None and old["metadata"]["uid"] != new["metadata"]["uid"]:
            yield _learn(known, WatchEvent("DELETED", old))
            old = None
        if old is None:
            yield _learn(known, WatchEvent("ADDED", new))
        elif old["metadata"]["resourceVersion"] != new["metadata"]["resourceVersion"]:
            yield _learn(known, WatchEvent("MODIFIED", new))
    for old in gone.values():
        yield _learn(known, WatchEvent("DELETED", old))


def _learn(known: Known, event: WatchEvent) -> WatchEvent:
    event.object["metadata"].pop("managedFields", None)  # half of an object, and nobody's concern here
    if event.type == "DELETED":
        known.pop(_key(event.object), None)
    else:
        known[_key(event.object)] = event.object
    return event


def _key(one: Object) -> tuple[str, str]:
    metadata = one["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


async def _changes(
    transport: Transport, kind: str, namespace: str | None, selectors: Mapping[str, str], version: str
) -> AsyncGenerator[tuple[Literal["ADDED", "MODIFIED", "DELETED", "BOOKMARK"], Object]]:
    """One connection's events since `version`. Raises _LostTrackError, httpx.TransportError when it is cut."""
    params = {
        **selectors,
        "watch": "true",
        "allowWatchBookmarks": "true",
        "resourceVersion": version,
        "timeoutSeconds": str(SERVED),
    }
    try:
        async with (
            transport.stream(KINDS[kind].path(namespace), params, silence=SILENCE) as response,
            aclosing(lines(response)) as events,
        ):
            async for line in events:
                event = json.loads(line)
                if event["type"] == "ERROR":  # a Status; most often 410: the version is too old
                    raise _LostTrackError
                yield event["type"], event["object"]
    except ApiError as error:
        if error.status == 410:
            raise _LostTrackError from error
        raise
