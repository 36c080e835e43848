"""What a cluster holds before any workspace: namespaces under Pod Security, quotas, and Traefik as the ingress.

Sources: Traefik v3 reference (kubernetesIngress provider, entry points, RBAC), Kubernetes' Pod Security Standards.
"""

import hashlib
import json
from collections.abc import Iterable

from cluster.config import ClusterConfig
from cluster.kube.kinds import Object
from cluster.manifests.labels import (
    SYSTEM_NAMESPACE,
    TEAM,
    TEAM_LABEL,
    WORKSPACES_NAMESPACE,
    labels,
    selector,
)
from cluster.manifests.observed import checks

INGRESS_CLASS = "vibecode"
HTTP_NODE_PORT = 30080
HTTPS_NODE_PORT = 30443
POD_SUBNET = "10.244.0.0/16"
SERVICE_SUBNET = "10.96.0.0/16"
METRICS_PORT = 8080
"""Where Traefik answers to probes, and tells its metrics."""

_TRAEFIK_METRICS = {
    "traefik_entrypoint_requests": "requests",
    "traefik_entrypoint_request_duration_seconds": "request_duration",
    "traefik_open_connections": "open_connections",
    "traefik_config_reloads": "config_reloads",
}
"""What Datadog's Agent takes of them, and how it calls them after `vibecode.ingress.`; a count ends in `.count`."""

_TRAEFIK_ARGS = [
    "--entryPoints.web.address=:8000",
    "--entryPoints.web.transport.respondingTimeouts.readTimeout=0",  # else uploads and WebSockets are cut at 60 s
    "--entryPoints.websecure.address=:8443",
    "--entryPoints.websecure.http.tls=true",
    "--entryPoints.websecure.transport.respondingTimeouts.readTimeout=0",
    "--providers.kubernetesingress=true",
    f"--providers.kubernetesingress.ingressclass={INGRESS_CLASS}",
    f"--providers.kubernetesingress.namespaces={SYSTEM_NAMESPACE},{WORKSPACES_NAMESPACE}",
    "--providers.kubernetesingress.throttleduration=50ms",
    "--providers.providersthrottleduration=50ms",
    "--providers.file.directory=/etc/traefik/dynamic",
    "--providers.file.watch=true",
    "--ping=true",
    "--metrics.prometheus=true",
    "--api.dashboard=false",
    "--global.checknewversion=false",
    "--global.sendanonymoususage=false",
    "--log.format=json",
    "--accesslog=true",
    "--accesslog.format=json",
]


def namespaces(config: ClusterConfig) -> list[Object]:
    """The two namespaces, both under Pod Security `restricted`."""
    return [_namespace(name, component, config) for name, component in (
        (SYSTEM_NAMESPACE, "system"),
        (WORKSPACES_NAMESPACE, "workspaces"),
    )]  # fmt: skip


def system_objects(config: ClusterConfig) -> list[Object]:
    """All that lives in the namespaces from the start; order does not matter."""
    return [
        *_limits(config),
        *_traefik_access(config),
        _traefik_config(config),
        _traefik_deployment(config),
        _traefik_service(config),
        _ingress_class(config),
        *_traefik_network(config),
    ]


def fingerprint(objects: Iterable[Object]) -> str:
    """A hash that changes with what would be applied: the cluster carries that of what was."""
    return hashlib.sha256(json.dumps(list(objects), sort_keys=True).encode()).hexdigest()[:16]


def _labels(config: ClusterConfig, component: str = "ingress") -> dict[str, str]:
    return labels("traefik", instance="vibecode-ingress", component=component, version=config.version)


def _meta(name: str, config: ClusterConfig, namespace: str | None = SYSTEM_NAMESPACE) -> Object:
    return {"name": name, "labels": _labels(config)} | ({"namespace": namespace} if namespace else {})


def _namespace(name: str, component: str, config: ClusterConfig) -> Object:
    security = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    own = labels(name, instance=name, component=component, version=config.version)
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {**own, **security}}}


def _limits(config: ClusterConfig) -> list[Object]:
    meta = _meta("workspaces", config, WORKSPACES_NAMESPACE)
    quota = {"pods": "100", "persistentvolumeclaims": "101", "services.nodeports": "0", "services.loadbalancers": "0"}
    defaults = {
        "type": "Container",
        "defaultRequest": {"cpu": "50m", "memory": "64Mi"},
        "default": {"cpu": "2", "memory": "1Gi"},
    }
    return [
        {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": meta, "spec": {"hard": quota}},
        {"apiVersion": "v1", "kind": "LimitRange", "metadata": meta, "spec": {"limits": [defaults]}},
    ]


def _traefik_access(config: ClusterConfig) -> list[Object]:
    read = ["get", "list", "watch"]
    subject = {"kind": "ServiceAccount", "name": "traefik", "namespace": SYSTEM_NAMESPACE}
    group = "rbac.authorization.k8s.io"
    rules = [
        {"apiGroups": [""], "resources": ["services", "secrets"], "verbs": read},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": read},
        {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses"], "verbs": read},
    ]
    cluster_rules = [
        {"apiGroups": [""], "resources": ["nodes"], "verbs": read},
        {"apiGroups": ["networking.k8s.io"], "resources": ["ingressclasses"], "verbs": read},
    ]
    objects: list[Object] = [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _meta("traefik", config)},
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRole",
            "metadata": _meta("vibecode-traefik", config, None),
            "rules": cluster_rules,
        },
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": _meta("vibecode-traefik", config, None),
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "vibecode-traefik"},
            "subjects": [subject],
        },
    ]
    for namespace in (SYSTEM_NAMESPACE, WORKSPACES_NAMESPACE):
        meta = _meta("traefik", config, namespace)
        objects += [
            {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": meta, "rules": rules},
            {
                "apiVersion": f"{group}/v1",
                "kind": "RoleBinding",
                "metadata": meta,
                "roleRef": {"apiGroup": group, "kind": "Role", "name": "traefik"},
                "subjects": [subject],
            },
        ]
    return objects


def _traefik_config(config: ClusterConfig) -> Object:
    # Middlewares (sign-in) are put here later; the provider wants the folder to exist.
    empty = "# Dynamic configuration; Traefik watches this folder.\n"
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _meta("traefik-dynamic", config),
        "data": {"base.yml": empty},
    }


def _traefik_deployment(config: ClusterConfig) -> Object:
    container = {
        "name": "traefik",
        "image": config.images.traefik,
        "imagePullPolicy": "IfNotPresent",
        "args": _TRAEFIK_ARGS,
        "ports": [
            {"name": "web", "containerPort": 8000},
            {"name": "websecure", "containerPort": 8443},
            {"name": "traefik", "containerPort": METRICS_PORT},
        ],
        "readinessProbe": {
            "httpGet": {"path": "/ping", "port": METRICS_PORT},
            "periodSeconds": 1,
            "failureThreshold": 3,
        },
        "livenessProbe": {
            "httpGet": {"path": "/ping", "port": METRICS_PORT},
            "periodSeconds": 10,
            "failureThreshold": 6,
        },
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "2", "memory": "256Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [
            {"name": "tmp", "mountPath": "/tmp"},
            {"name": "dynamic", "mountPath": "/etc/traefik/dynamic", "readOnly": True},
        ],
    }
    spec: Object = {
        "serviceAccountName": "traefik",
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 5,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65532,
            "runAsGroup": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [
            {"name": "tmp", "emptyDir": {}},
            {"name": "dynamic", "configMap": {"name": "traefik-dynamic"}},
        ],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _meta("traefik", config),
        "spec": {
            "replicas": 1,
            "revisionHistoryLimit": 2,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": selector("traefik", "vibecode-ingress")},
            "template": {
                "metadata": {"labels": {**_labels(config), TEAM_LABEL: TEAM}, "annotations": _traefik_checks()},
                "spec": spec,
            },
        },
    }


def _traefik_checks() -> dict[str, str]:
    instance: dict[str, object] = {
        "openmetrics_endpoint": f"http://%%host%%:{METRICS_PORT}/metrics",
        "namespace": "vibecode.ingress",
        "metrics": [_TRAEFIK_METRICS],
        "histogram_buckets_as_distributions": True,
    }
    return checks("traefik", "openmetrics", instance)


def _traefik_service(config: ClusterConfig) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _meta("traefik", config),
        "spec": {
            "type": "NodePort",
            "selector": selector("traefik", "vibecode-ingress"),
            "ports": [
                {"name": "web", "port": 80, "targetPort": "web", "nodePort": HTTP_NODE_PORT, "protocol": "TCP"},
                {"name": "websecure", "port": 443, "targetPort": "websecure", "nodePort": HTTPS_NODE_PORT,
                 "protocol": "TCP"},
            ],
        },
    }  # fmt: skip


def _ingress_class(config: ClusterConfig) -> Object:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": _meta(INGRESS_CLASS, config, None),
        "spec": {"controller": "traefik.io/ingress-controller"},
    }


def _traefik_network(config: ClusterConfig) -> list[Object]:
    def tcp(*ports: int) -> list[Object]:
        return [{"protocol": "TCP", "port": port} for port in ports]

    dns_pods = {"namespaceSelector": {}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
    workspaces = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": WORKSPACES_NAMESPACE}}}
    api = "networking.k8s.io/v1"
    return [
        {
            "apiVersion": api,
            "kind": "NetworkPolicy",
            "metadata": _meta("default-deny", config),
            "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        },
        {
            "apiVersion": api,
            "kind": "NetworkPolicy",
            "metadata": _meta("default-deny", config, WORKSPACES_NAMESPACE),
            "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        },
        {
            "apiVersion": api,
            "kind": "NetworkPolicy",
            "metadata": _meta("traefik", config),
            "spec": {
                "podSelector": {"matchLabels": selector("traefik", "vibecode-ingress")},
                "policyTypes": ["Ingress", "Egress"],
                "ingress": [{"ports": tcp(8000, 8443)}],
                "egress": [
                    {"to": [workspaces], "ports": tcp(8080)},
                    {"to": [dns_pods], "ports": [{"protocol": "UDP", "port": 53}, *tcp(53)]},
                    {"ports": tcp(443, 6443)},  # the API server, whose address a policy cannot name
                ],
            },
        },
    ]
