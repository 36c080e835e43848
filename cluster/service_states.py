"""The services beside a workspace in a cluster, as their pods tell of them."""

from collections.abc import Iterable, Sequence

from cluster.engine import ServiceState, ServiceStatus
from cluster.errors import ServiceNotFoundError
from cluster.kube.kinds import Object
from cluster.manifests.labels import INSTANCE_LABEL
from cluster.manifests.service import service_name
from cluster.pods import current_pod, pod_state
from templates.services import SERVICES, ServiceName


def service_states(
    workspace: str, services: Iterable[ServiceName], pods: Sequence[Object], *, wanted: bool
) -> tuple[ServiceStatus, ...]:
    """`pods` may be those of all workspaces; `wanted`: the workspace is to run."""
    return tuple(_status(one, current_pod(pods_of(workspace, one, pods)), wanted=wanted) for one in services)


def pods_of(workspace: str, service: ServiceName, pods: Iterable[Object]) -> list[Object]:
    name = service_name(workspace, service)
    return [pod for pod in pods if pod["metadata"]["labels"].get(INSTANCE_LABEL) == name]


def no_such_service(workspace: str, service: ServiceName) -> ServiceNotFoundError:
    return ServiceNotFoundError(f"{workspace!r} was not made with {SERVICES[service].title}.")


def _status(service: ServiceName, pod: Object | None, *, wanted: bool) -> ServiceStatus:
    if pod is None:
        return ServiceStatus(service, "starting" if wanted else "stopped", "there is no pod yet" if wanted else None)
    seen = pod_state(pod, service)
    if seen.error is not None:
        return ServiceStatus(service, "failed", f"{seen.words}: {seen.error.detail}")
    state: ServiceState = "running" if seen.ready else "starting" if wanted else "stopped"
    return ServiceStatus(service, state, None if seen.ready else seen.words)
