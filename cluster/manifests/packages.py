"""The volume in which the workspaces of a cluster share what their package managers have fetched."""

from cluster.config import ClusterConfig
from cluster.kube.kinds import Object
from cluster.manifests.labels import WORKSPACES_NAMESPACE, labels
from cluster.packages import cache_variables, maven_arguments

CLAIM = "packages.cache"
"""No workspace can have a claim of this name: theirs have no dot, and after it, those of services name one."""

FOLDER = "/var/cache/packages"
SIZE = "10Gi"
"""Not a setting: a claim that is there cannot be given another size."""

_VOLUME = "packages"


def claim(config: ClusterConfig) -> list[Object]:
    """For one node: a volume that several workspaces write to at once, since they are all there."""
    if config.package_cache == "own":
        return []
    own = labels("package-cache", instance="package-cache", component="packages", version=config.version)
    return [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": CLAIM, "namespace": WORKSPACES_NAMESPACE, "labels": own},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": SIZE}}},
        }
    ]


def volumes(config: ClusterConfig) -> list[Object]:
    """For a workspace's pod."""
    shared = {"name": _VOLUME, "persistentVolumeClaim": {"claimName": CLAIM}}
    return [shared] if config.package_cache == "shared" else []


def mounts(config: ClusterConfig) -> list[Object]:
    """For its container."""
    return [{"name": _VOLUME, "mountPath": FOLDER}] if config.package_cache == "shared" else []


def variables(config: ClusterConfig, home: str) -> list[Object]:
    """The environment of what runs in it; links do not reach from one volume into another, so uv copies."""
    if config.package_cache == "own":
        return []
    told = {**cache_variables(FOLDER), "UV_LINK_MODE": "copy", "MAVEN_ARGS": maven_arguments(FOLDER, home)}
    return [{"name": name, "value": value} for name, value in told.items()]
