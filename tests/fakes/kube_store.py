"""The objects of a fake API server: versions, selectors, server-side apply, and what changed since when."""

import asyncio
import copy
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]
Key = tuple[str, str, str]
"""Plural, namespace ("" for what has none), name."""

STAMPED = ("uid", "creationTimestamp", "resourceVersion", "generation", "deletionTimestamp")


class StatusError(Exception):
    """What the server refuses, as its `Status` says it."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code, self.reason, self.message = code, reason, message


@dataclass(frozen=True)
class Change:
    version: int
    key: Key
    old: Object | None
    new: Object | None


@dataclass
class Store:
    """Every write makes a version; `changed` wakes whoever waits for one."""

    version: int = 100
    objects: dict[Key, Object] = field(default_factory=dict[Key, Object])
    changes: list[Change] = field(default_factory=list[Change])
    forgotten: int = 0
    _applied: dict[Key, Object] = field(default_factory=dict[Key, Object])
    _waiting: list[asyncio.Future[None]] = field(default_factory=list[asyncio.Future[None]])

    def get(self, key: Key) -> Object:
        if key not in self.objects:
            raise StatusError(404, "NotFound", f'{key[0]} "{key[2]}" not found')
        return copy.deepcopy(self.objects[key])

    def list(self, plural: str, namespace: str = "", chosen: Callable[[Object], bool] = lambda _: True) -> list[Object]:
        found = (one for key, one in sorted(self.objects.items()) if key[0] == plural and namespace in ("", key[1]))
        return [copy.deepcopy(one) for one in found if chosen(one)]

    def create(self, key: Key, obj: Object) -> Object:
        plural, namespace, name = key
        if not name:
            raise StatusError(422, "Invalid", f"{plural}: metadata.name: Required value: name is required")
        if namespace and ("namespaces", "", namespace) not in self.objects:
            raise StatusError(404, "NotFound", f'namespaces "{namespace}" not found')
        if key in self.objects:
            raise StatusError(409, "AlreadyExists", f'{plural} "{name}" already exists')
        new = copy.deepcopy(obj)
        metadata = new.setdefault("metadata", {})
        metadata |= {"name": name, "uid": str(uuid.uuid4()), "generation": 1}
        metadata["creationTimestamp"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if namespace:
            metadata["namespace"] = namespace
        if plural == "namespaces":
            metadata.setdefault("labels", {})["kubernetes.io/metadata.name"] = name
            new["status"] = {"phase": "Active"}
        return self._put(key, None, new)

    def apply(self, key: Key, wanted: Object) -> Object:
        """Makes or merges; what the last apply set and this one leaves out is removed. Lists are replaced."""
        if key not in self.objects:
            made = self.create(key, wanted)
        else:
            now = _without(self.get(key), self._applied.get(key, {}), wanted)
            made = self.update(key, merge(now, wanted, deletes=False))
        self._applied[key] = copy.deepcopy(wanted)
        return made

    def patch(self, key: Key, patch: Object) -> Object:
        asked = patch.get("metadata", {}).get("resourceVersion")
        if asked is not None and asked != self.get(key)["metadata"]["resourceVersion"]:
            message = f'Operation cannot be fulfilled on {key[0]} "{key[2]}": the object has been modified'
            raise StatusError(409, "Conflict", message)
        return self.update(key, merge(self.get(key), patch))

    def update(self, key: Key, new: Object) -> Object:
        """Puts a whole object in another's place; no version is made where nothing differs."""
        old = self.objects[key]
        for stamp in STAMPED:
            if stamp in old["metadata"]:
                new["metadata"][stamp] = old["metadata"][stamp]
        if new == old:
            return copy.deepcopy(old)
        if new.get("spec") != old.get("spec"):
            new["metadata"]["generation"] = old["metadata"]["generation"] + 1
        return self._put(key, old, new)

    def delete(self, key: Key, uid: str | None = None) -> None:
        """Removes it, at once, with what it owns or holds."""
        old = self.get(key)
        if uid not in (None, old["metadata"]["uid"]):
            message = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {old['metadata']['uid']}"
            raise StatusError(409, "Conflict", message)
        del self.objects[key]
        self._applied.pop(key, None)
        self.version += 1
        gone = {**old, "metadata": {**old["metadata"], "resourceVersion": str(self.version)}}
        self._tell(Change(self.version, key, gone, None))
        for other, obj in list(self.objects.items()):
            owned = any(one["uid"] == old["metadata"]["uid"] for one in obj["metadata"].get("ownerReferences", []))
            if other in self.objects and (owned or (key[0] == "namespaces" and other[1] == key[2])):
                self.delete(other)

    def since(self, version: int) -> Iterator[Change]:
        if version < self.forgotten:
            raise StatusError(410, "Expired", f"too old resource version: {version} ({self.forgotten})")
        return (change for change in self.changes if change.version > version)

    def forget(self) -> None:
        """As etcd does when it compacts: nobody can watch on from an older version, or page on."""
        self.version += 1
        self.forgotten = self.version
        self.changes.clear()
        self.wake()

    def changed(self) -> asyncio.Future[None]:
        """Done at the next change, or `wake`."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        return waiting

    def wake(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        self._waiting.clear()

    def _put(self, key: Key, old: Object | None, new: Object) -> Object:
        self.version += 1
        new["metadata"]["resourceVersion"] = str(self.version)
        self.objects[key] = new
        self._tell(Change(self.version, key, old, new))
        return copy.deepcopy(new)

    def _tell(self, change: Change) -> None:
        self.changes.append(change)
        self.wake()


def merge(old: Any, patch: Any, *, deletes: bool = True) -> Any:
    """A JSON merge patch (RFC 7396); without `deletes`, null is a value like others."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    merged = dict(old) if isinstance(old, dict) else {}
    for name, value in patch.items():
        if value is None and deletes:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value, deletes=deletes)
    return merged


def selects(labels: str, fields: str) -> Callable[[Object], bool]:
    """Label selectors of the forms `a=b`, `a!=b` and `a`; field selectors of the first two, by any path."""

    def matches(obj: Object) -> bool:
        own = obj["metadata"].get("labels", {})
        return all(_holds(part, own.get) for part in labels.split(",") if part) and all(
            _holds(part, lambda path: _at(obj, path)) for part in fields.split(",") if part
        )

    return matches


def _holds(requirement: str, look: Callable[[str], Any]) -> bool:
    name, operator, value = requirement.partition("=")
    if not operator:
        return look(name) is not None
    if name.endswith("!"):
        return look(name[:-1]) != value
    return look(name) == value


def _at(obj: Object, path: str) -> Any:
    for part in path.split("."):
        obj = obj.get(part, {})
    return obj or None


def _without(obj: Any, before: Any, now: Any) -> Any:
    """`obj` without what was applied before and is not now."""
    if not (isinstance(obj, dict) and isinstance(before, dict) and isinstance(now, dict)):
        return obj
    return {
        name: _without(value, before.get(name), now.get(name))
        for name, value in obj.items()
        if name not in before or name in now
    }
