"""Who reaches whom: workspaces send traces and metrics to the Agent, and the Agent looks at what it checks."""

from cluster.datadog.agent.config import AgentConfig
from cluster.datadog.agent.manifests.cluster_agent import ADMISSION_PORT, EXTERNAL_METRICS_PORT
from cluster.datadog.agent.manifests.cluster_agent import PORT as CLUSTER_AGENT_PORT
from cluster.datadog.agent.manifests.shared import meta
from cluster.datadog.agent.names import (
    AGENT,
    AGENT_PODS,
    CLUSTER_AGENT,
    CLUSTER_AGENT_PODS,
    IN_WORKSPACES,
    METRICS_PORT,
    NAMESPACE,
    TRACES_PORT,
)
from cluster.kube.kinds import Object
from cluster.manifests.labels import EDITORS, SYSTEM_NAMESPACE, WORKSPACES_NAMESPACE, selector
from cluster.manifests.service import SERVICE_PODS
from cluster.manifests.system import METRICS_PORT as TRAEFIK_METRICS_PORT
from cluster.manifests.workspace import EDITOR_PORT
from cluster.service_programs import PROGRAMS

_TRAEFIK_PODS = selector("traefik", "vibecode-ingress")
_KUBELET_PORT = 10250


def agent_network(config: AgentConfig) -> list[Object]:
    agent = _pods(NAMESPACE, AGENT_PODS)
    editors, traefik = _pods(WORKSPACES_NAMESPACE, EDITORS), _pods(SYSTEM_NAMESPACE, _TRAEFIK_PODS)
    services, service_ports = _pods(WORKSPACES_NAMESPACE, SERVICE_PODS), [one.port for one in PROGRAMS.values()]
    receivers = [*_tcp(TRACES_PORT), {"protocol": "UDP", "port": METRICS_PORT}]
    return [
        _policy("default-deny", NAMESPACE, {}, config),
        _policy(
            AGENT,
            NAMESPACE,
            AGENT_PODS,
            config,
            ingress=[{"from": [editors], "ports": receivers}],
            egress=[
                *_outside(),
                {"ports": _tcp(_KUBELET_PORT)},
                {"to": [_pods(NAMESPACE, CLUSTER_AGENT_PODS)], "ports": _tcp(CLUSTER_AGENT_PORT)},
                {"to": [editors], "ports": _tcp(EDITOR_PORT)},
                {"to": [traefik], "ports": _tcp(TRAEFIK_METRICS_PORT)},
                {"to": [services], "ports": _tcp(*service_ports)},
            ],
        ),
        _policy(
            IN_WORKSPACES,
            WORKSPACES_NAMESPACE,
            EDITORS,
            config,
            ingress=[{"from": [agent], "ports": _tcp(EDITOR_PORT)}],
            egress=[{"to": [agent], "ports": receivers}],
        ),
        _policy(
            f"{IN_WORKSPACES}.services",
            WORKSPACES_NAMESPACE,
            SERVICE_PODS,
            config,
            ingress=[{"from": [agent], "ports": _tcp(*service_ports)}],
        ),
        _policy(
            IN_WORKSPACES,
            SYSTEM_NAMESPACE,
            _TRAEFIK_PODS,
            config,
            ingress=[{"from": [agent], "ports": _tcp(TRAEFIK_METRICS_PORT)}],
            egress=[],
        ),
    ]


def cluster_agent_network(config: AgentConfig) -> list[Object]:
    return [
        _policy(
            CLUSTER_AGENT,
            NAMESPACE,
            CLUSTER_AGENT_PODS,
            config,
            ingress=[
                {"from": [_pods(NAMESPACE, AGENT_PODS)], "ports": _tcp(CLUSTER_AGENT_PORT)},
                {"ports": _tcp(ADMISSION_PORT, EXTERNAL_METRICS_PORT)},  # the API server, which no policy can name
            ],
            egress=_outside(),
        )
    ]


def _outside() -> list[Object]:
    """Names, the API server, and Datadog; neither of the latter two can a policy name."""
    return [
        {
            "to": [_pods("kube-system", {"k8s-app": "kube-dns"})],
            "ports": [{"protocol": "UDP", "port": 53}, *_tcp(53)],
        },
        {"ports": _tcp(443, 6443)},
    ]


def _pods(namespace: str, labels: dict[str, str]) -> Object:
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "podSelector": {"matchLabels": labels},
    }


def _tcp(*ports: int) -> list[Object]:
    return [{"protocol": "TCP", "port": port} for port in ports]


def _policy(
    name: str,
    namespace: str,
    pods: dict[str, str],
    config: AgentConfig,
    *,
    ingress: list[Object] | None = None,
    egress: list[Object] | None = None,
) -> Object:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": meta(name, config, namespace, of=AGENT),
        "spec": {
            "podSelector": {"matchLabels": pods} if pods else {},
            "policyTypes": ["Ingress", "Egress"],
            **({"ingress": ingress} if ingress else {}),
            **({"egress": egress} if egress else {}),
        },
    }
