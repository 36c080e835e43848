"""One creator at a time: a Lease that is renewed while a workspace is being made, and expires with its holder."""

import asyncio
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from cluster.errors import ApiError, WorkspaceExistsError
from cluster.kube.api import Kube
from cluster.kube.kinds import Object
from cluster.manifests.labels import MANAGED_BY, WORKSPACE_LABEL, WORKSPACES_NAMESPACE
from templates.events import Step

RENEW = 2.0
EXPIRES = 8
"""Seconds: a holder that was killed blocks its name for no longer than this."""


@asynccontextmanager
async def creating(kube: Kube, name: str, step: Step, *, expires: float = EXPIRES) -> AsyncGenerator[None]:
    """Holds the right to create workspace `name`; WorkspaceExistsError where somebody alive holds it."""
    holder = uuid.uuid4().hex
    await _acquire(kube, name, holder, step, expires)
    renewal = asyncio.ensure_future(_renew(kube, name, holder))
    try:
        yield
    finally:
        renewal.cancel()
        await asyncio.wait([renewal])
        await kube.delete("Lease", _lease_name(name), WORKSPACES_NAMESPACE)


async def _acquire(kube: Kube, name: str, holder: str, step: Step, expires: float) -> None:
    while True:
        try:
            await kube.create(_lease(name, holder))
            return
        except ApiError as error:
            if error.reason != "AlreadyExists":
                raise
        other = await kube.get("Lease", _lease_name(name), WORKSPACES_NAMESPACE)
        if other is None:
            continue
        step.progress("somebody else began to create it; seeing whether they are still at it")
        await asyncio.sleep(expires)
        again = await kube.get("Lease", _lease_name(name), WORKSPACES_NAMESPACE)
        if again is None:
            continue
        if again["metadata"]["resourceVersion"] != other["metadata"]["resourceVersion"]:
            raise WorkspaceExistsError(f"{name!r} is being created by another VibeCode right now.")
        await kube.delete("Lease", _lease_name(name), WORKSPACES_NAMESPACE, precondition_uid=again["metadata"]["uid"])


async def _renew(kube: Kube, name: str, holder: str) -> None:
    while True:
        await asyncio.sleep(RENEW)
        patch = {"spec": {"renewTime": _now(), "holderIdentity": holder}}
        try:
            await kube.patch("Lease", _lease_name(name), WORKSPACES_NAMESPACE, patch)
        except ApiError:  # a lease that is lost is noticed by whoever takes it over
            return


def _lease_name(name: str) -> str:
    return f"create-{name}"


def _lease(name: str, holder: str) -> Object:
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {
            "name": _lease_name(name),
            "namespace": WORKSPACES_NAMESPACE,
            "labels": {**MANAGED_BY, WORKSPACE_LABEL: name},
        },
        "spec": {
            "holderIdentity": holder,
            "leaseDurationSeconds": EXPIRES,
            "acquireTime": _now(),
            "renewTime": _now(),
        },
    }


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
