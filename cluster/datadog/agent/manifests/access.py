"""What Agent and Cluster Agent may ask of Kubernetes: as little as their checks need.

Kubelets since Kubernetes 1.33 tell `nodes/pods`, `nodes/healthz` and `nodes/configz` apart from `nodes/proxy`, which
would let the Agent run commands in every container:
https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/.
"""

from cluster.datadog.agent.config import AgentConfig
from cluster.datadog.agent.manifests.shared import meta
from cluster.datadog.agent.names import AGENT, CLUSTER_AGENT, NAMESPACE, WEBHOOK
from cluster.kube.kinds import Object

_GROUP = "rbac.authorization.k8s.io"
_READ = ["get", "list", "watch"]

_KUBELET = ["metrics", "stats", "spec", "pods", "healthz", "configz"]
_AGENT_RULES: list[Object] = [
    {"apiGroups": [""], "resources": [f"nodes/{one}" for one in _KUBELET], "verbs": ["get"]},
    {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]},
]
_CLUSTER_AGENT_RULES: list[Object] = [
    {"apiGroups": [""], "resources": ["services", "endpoints", "pods", "nodes", "namespaces"], "verbs": _READ},
    {"apiGroups": [""], "resources": ["events"], "verbs": [*_READ, "create"]},
    {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": _READ},
    {
        "apiGroups": ["apps"],
        "resources": ["deployments", "replicasets", "daemonsets", "statefulsets"],
        "verbs": _READ,
    },
    {"apiGroups": ["batch"], "resources": ["jobs", "cronjobs"], "verbs": _READ},
    {"nonResourceURLs": ["/version", "/healthz"], "verbs": ["get"]},
    {
        "apiGroups": ["admissionregistration.k8s.io"],
        "resources": ["mutatingwebhookconfigurations"],
        "resourceNames": [WEBHOOK],
        "verbs": [*_READ, "update", "delete"],
    },
    {"apiGroups": ["admissionregistration.k8s.io"], "resources": ["mutatingwebhookconfigurations"],
     "verbs": ["create"]},
]  # fmt: skip
_OWN_RULES: list[Object] = [
    {"apiGroups": [""], "resources": ["secrets", "configmaps"], "verbs": [*_READ, "create", "update"]},
    {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": [*_READ, "create", "update"]},
]
"""In its own namespace: the webhook's certificate, the token's and the leader's records."""


def agent_access(config: AgentConfig) -> list[Object]:
    return _access(AGENT, _AGENT_RULES, config)


def cluster_agent_access(config: AgentConfig) -> list[Object]:
    metadata = meta(CLUSTER_AGENT, config)
    return [
        *_access(CLUSTER_AGENT, _CLUSTER_AGENT_RULES, config),
        {"apiVersion": f"{_GROUP}/v1", "kind": "Role", "metadata": metadata, "rules": _OWN_RULES},
        {
            "apiVersion": f"{_GROUP}/v1",
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": _GROUP, "kind": "Role", "name": CLUSTER_AGENT},
            "subjects": [_subject(CLUSTER_AGENT)],
        },
    ]


def _access(name: str, rules: list[Object], config: AgentConfig) -> list[Object]:
    role = f"vibecode-{name}"
    metadata = meta(role, config, None, of=name)
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta(name, config)},
        {"apiVersion": f"{_GROUP}/v1", "kind": "ClusterRole", "metadata": metadata, "rules": rules},
        {
            "apiVersion": f"{_GROUP}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": _GROUP, "kind": "ClusterRole", "name": role},
            "subjects": [_subject(name)],
        },
    ]


def _subject(name: str) -> Object:
    return {"kind": "ServiceAccount", "name": name, "namespace": NAMESPACE}
