"""Workspace names: DNS labels, since each becomes a host name."""

import re
from collections.abc import Collection

from cluster.errors import WorkspaceNameError

MAX_NAME = 40
RESERVED = frozenset({"auth"})
_LABEL = re.compile(r"[a-z](-?[a-z0-9])*")  # what belongs to a workspace is named after it, with two hyphens


def check_name(name: str) -> str:
    """The name itself, if it can be a host name below the base domain; else WorkspaceNameError says why not."""
    if not name or len(name) > MAX_NAME:
        raise WorkspaceNameError(f"{name!r} has {len(name)} characters; 1 to {MAX_NAME} are allowed.")
    if not _LABEL.fullmatch(name):
        raise WorkspaceNameError(
            f"{name!r} is not a DNS label that starts with a letter and has no two hyphens in a row."
        )
    if name in RESERVED:
        raise WorkspaceNameError(f"{name!r} is reserved.")
    return name


def free_name(wanted: str, taken: Collection[str]) -> str:
    """A valid name close to `wanted` (a template's id, a folder's name) that is not taken: `shop`, `shop-2`, …"""
    stem = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")
    stem = (stem if stem[:1].isalpha() else f"project-{stem}".rstrip("-"))[: MAX_NAME - 4].rstrip("-")
    number = 1
    while (name := stem if number == 1 else f"{stem}-{number}") in taken or name in RESERVED:
        number += 1
    return name


def workspace_of(kind: str, name: str) -> str:
    """Whose an object in the workspaces' namespace is: all are named after it, and Kubernetes adds to some.

    A ReplicaSet is `NAME-<hash>`, its pods `NAME-<hash>-<id>`; see the Deployment controller. A service beside the
    workspace is `NAME--<service>`, its pod `NAME--<service>-0`.
    """
    if service_of(name):
        return name.partition("--")[0]
    return name.rsplit("-", {"Pod": 2, "ReplicaSet": 1}.get(kind, 0))[0]


def service_of(name: str) -> str:
    """What follows a workspace's name in that of a service's object or pod; empty for the workspace's own."""
    return name.partition("--")[2]
