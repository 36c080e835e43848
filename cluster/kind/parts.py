"""What a cluster of ours is made of, each part in words."""

import asyncio
from collections import Counter
from collections.abc import Mapping

from cluster.config import Images
from cluster.kube.api import Kube
from cluster.kube.kinds import Object
from cluster.manifests.labels import EDITORS, SYSTEM_NAMESPACE, WORKSPACES_NAMESPACE
from templates.text import size_in_words

_TROUBLE = {
    "MemoryPressure": "its memory is nearly used up",
    "DiskPressure": "its disk is nearly full",
    "PIDPressure": "it has nearly too many processes",
}


async def parts(kube: Kube, images: Images, address: str) -> Mapping[str, str]:
    """`address` is that of the ingress, in words."""
    nodes, traefik, classes, claims = await asyncio.gather(
        kube.list("Node"),
        kube.get("Deployment", "traefik", SYSTEM_NAMESPACE),
        kube.list("StorageClass"),
        kube.list("PersistentVolumeClaim", WORKSPACES_NAMESPACE, labels=EDITORS),
    )
    versions = {one["status"]["nodeInfo"]["kubeletVersion"] for one in nodes}
    return {
        "node": "; ".join(map(node_words, nodes)),
        "kubernetes": ", ".join(sorted(versions)),
        "ingress": address,
        "traefik": _traefik_words(traefik),
        "code-server": f"in {images.workspace}" if images.workspace else _version(images.code_server),
        "storage": storage_words(classes, claims),
    }


def node_words(node: Object) -> str:
    """`NAME (ready), 8 CPUs, 15.6 GiB of memory`, and what it runs short of."""
    status = node["status"]
    conditions = {one["type"]: one["status"] for one in status.get("conditions", [])}
    told = [f"{node['metadata']['name']} ({'ready' if conditions.get('Ready') == 'True' else 'not ready'})"]
    capacity = status.get("capacity", {})
    if "cpu" in capacity:
        told.append(f"{capacity['cpu']} CPUs")
    if (memory := capacity.get("memory", "")).endswith("Ki"):  # as the kubelet tells it
        told.append(f"{size_in_words(int(memory[:-2]) * 1024)} of memory")
    told += [words for kind, words in _TROUBLE.items() if conditions.get(kind) == "True"]
    return ", ".join(told)


def storage_words(classes: list[Object], claims: list[Object]) -> str:
    """`standard (rancher.io/local-path), 3 volumes: 2 of 10Gi, 1 of 5Gi`."""
    told = ", ".join(f"{one['metadata']['name']} ({one['provisioner']})" for one in classes) or "none"
    sizes = Counter(one["spec"]["resources"]["requests"]["storage"] for one in claims)
    volumes = f"{len(claims)} volume{'' if len(claims) == 1 else 's'}"
    return f"{told}, {volumes}" + (": " + ", ".join(f"{n} of {size}" for size, n in sizes.items()) if sizes else "")


def _traefik_words(deployment: Object | None) -> str:
    if deployment is None:
        return "not there"
    ready = deployment.get("status", {}).get("availableReplicas")
    image = deployment["spec"]["template"]["spec"]["containers"][0]["image"]
    return f"{_version(image)} ({'ready' if ready else 'not ready'})"


def _version(image: str) -> str:
    """The tag of `HOST:PORT/NAME:TAG@DIGEST`; all of it where there is none."""
    name, _, tag = image.partition("@")[0].rpartition(":")
    return image if not name or "/" in tag else tag
