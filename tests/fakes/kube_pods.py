"""What controllers and the kubelet do, as far as the fake goes: Deployments and StatefulSets get pods, pods run, claims
are bound.
"""

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Any

from tests.fakes.kube_store import Store

Object = dict[str, Any]


class Controller:
    """Sets the status of what is in the store a moment after each change.

    `waiting` is why containers do not start, as (reason, message), where they do not.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.waiting: tuple[str, str] | None = None

    async def run(self) -> None:
        while True:
            changed = self._store.changed()
            self.settle()
            await changed
            await asyncio.sleep(0)

    def settle(self) -> None:
        """Does all that is to be done, until nothing changes any more."""
        before = -1
        while before != self._store.version:
            before = self._store.version
            for plural in ("deployments", "statefulsets", "daemonsets"):
                for one in self._store.list(plural):
                    self._replicate(plural, one)
            for pod in self._store.list("pods"):
                self._pod(pod)
            for claim in self._store.list("persistentvolumeclaims"):
                if "status" not in claim:
                    self._store.update(_key("persistentvolumeclaims", claim), {**claim, "status": {"phase": "Bound"}})

    def _replicate(self, plural: str, owner: Object) -> None:
        metadata, spec = owner["metadata"], owner["spec"]
        replicas, template = spec.get("replicas", 1), spec["template"]  # of a DaemonSet one, as there is one node
        own: list[Object] = []
        for pod in self._store.list("pods", metadata["namespace"]):
            if any(one["uid"] == metadata["uid"] for one in pod["metadata"].get("ownerReferences", [])):
                if pod["spec"] == template["spec"]:
                    own.append(pod)
                else:
                    self._store.delete(_key("pods", pod))
        for pod in own[replicas:]:
            self._store.delete(_key("pods", pod))
        for number in range(len(own), replicas):
            self._make_pod(owner, str(number) if plural == "statefulsets" else uuid.uuid4().hex[:5])
        ready = sum(pod.get("status", {}).get("phase") == "Running" for pod in own[:replicas])
        status = {"observedGeneration": metadata["generation"]}
        if replicas:
            status |= {"replicas": replicas, "updatedReplicas": replicas}
        if ready:
            status |= {"readyReplicas": ready, "availableReplicas": ready}
        if plural == "daemonsets":
            status |= {"desiredNumberScheduled": 1, "updatedNumberScheduled": len(own[:1]), "numberReady": ready}
        self._store.update(_key(plural, owner), {**owner, "status": status})

    def _make_pod(self, owner: Object, suffix: str) -> None:
        metadata, template = owner["metadata"], owner["spec"]["template"]
        reference = {name: owner[name] for name in ("apiVersion", "kind")} | {
            name: metadata[name] for name in ("name", "uid")
        }
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "labels": template["metadata"].get("labels", {}),
                "annotations": template["metadata"].get("annotations", {}),
                "ownerReferences": [reference],
            },
            "spec": template["spec"],
        }
        self._store.create(("pods", metadata["namespace"], f"{metadata['name']}-{suffix}"), pod)

    def _pod(self, pod: Object) -> None:
        if pod.get("status", {}).get("phase") not in (None, "Pending"):
            return
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if self.waiting is not None:
            state: Object = {"waiting": dict(zip(("reason", "message"), self.waiting, strict=True))}
        else:
            state = {"running": {"startedAt": now}}
        ready = self.waiting is None
        statuses = [
            {"name": one["name"], "image": one["image"], "ready": ready, "restartCount": 0, "state": state}
            for one in pod["spec"]["containers"]
        ]
        conditions = [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": str(ready)}]
        status = {"phase": "Running" if ready else "Pending", "conditions": conditions, "containerStatuses": statuses}
        self._store.update(_key("pods", pod), {**pod, "status": {**status, "podIP": "127.0.0.1"}})


def _key(plural: str, obj: Object) -> tuple[str, str, str]:
    return plural, obj["metadata"].get("namespace", ""), obj["metadata"]["name"]
