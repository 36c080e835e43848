"""The system part of a cluster: applied once, recognised by its fingerprint, awaited at the published port."""

from cluster import ready
from cluster.config import ClusterConfig
from cluster.kube.api import Kube
from cluster.manifests.labels import SYSTEM_ANNOTATION, SYSTEM_NAMESPACE
from cluster.manifests.system import fingerprint, namespaces, system_objects
from templates.events import Step, together


async def install(kube: Kube, config: ClusterConfig, http_port: int, step: Step) -> None:
    """Applies all system objects and returns once Traefik answers on the published port."""
    step.progress("applying namespaces, quotas, policies and Traefik")
    await together(*(kube.apply(one) for one in namespaces(config)))
    await together(*(kube.apply(one) for one in system_objects(config)))
    step.progress("waiting for Traefik to answer")
    await ready.ingress_ready(http_port)


async def mark_complete(kube: Kube, config: ClusterConfig, image: str) -> None:
    """Notes in the cluster that everything is there, so that the next call need not look."""
    mark = {"metadata": {"annotations": {SYSTEM_ANNOTATION: _version(config, image)}}}
    await kube.patch("Namespace", SYSTEM_NAMESPACE, None, mark)


async def is_complete(kube: Kube, config: ClusterConfig, image: str) -> bool:
    """Whether this version's objects and this image are there; one request."""
    namespace = await kube.get("Namespace", SYSTEM_NAMESPACE)
    if namespace is None:
        return False
    return namespace["metadata"].get("annotations", {}).get(SYSTEM_ANNOTATION) == _version(config, image)


def _version(config: ClusterConfig, image: str) -> str:
    return fingerprint([*namespaces(config), *system_objects(config), {"image": image}])
