"""A service beside a workspace: StatefulSet, volume, Service, Secret, and the policies that join the two."""

from collections.abc import Iterable, Mapping

from cluster.config import ClusterConfig
from cluster.datadog.agent.names import AGENT
from cluster.datadog.agent.names import NAMESPACE as AGENT_NAMESPACE
from cluster.kube.kinds import Object
from cluster.manifests.labels import (
    MANAGED_BY,
    TEAM,
    TEAM_LABEL,
    WORKSPACE_LABEL,
    WORKSPACES_NAMESPACE,
    labels,
    selector,
)
from cluster.manifests.observed import logs, service_check
from cluster.service_programs import PROGRAMS, Place
from templates.services import SERVICES, ServiceName

COMPONENT = "service"
SERVICE_PODS = {**MANAGED_BY, "app.kubernetes.io/component": COMPONENT}
DATA = "/data"
SECRETS = "/run/service"
USER_ID = 999
"""The user of both official images."""

_PROBES: Mapping[ServiceName, tuple[str, ...]] = {
    "postgresql": ("pg_isready", "--host=127.0.0.1", "--username=app", "--quiet"),
    "redis": ("sh", "-c", "redis-cli ping | grep -qx PONG"),
}
_MEMORY: Mapping[ServiceName, str] = {"postgresql": "512Mi", "redis": "256Mi"}
_PASSWORD_VARIABLES: Mapping[ServiceName, tuple[str, ...]] = {"postgresql": (), "redis": ("REDISCLI_AUTH",)}
"""By which the probe is told the password."""


def service_name(workspace: str, service: str) -> str:
    """Of all its objects, and its host name; no workspace's name has two hyphens in a row."""
    return f"{workspace}--{service}"


def secret(workspace: str, service: ServiceName, password: str, config: ClusterConfig) -> Object:
    """The password, and all that has it in it; made once, since the service's volume remembers the first."""
    program, name = PROGRAMS[service], service_name(workspace, service)
    url = program.url(name, program.port, password)
    data = {"password": password, "url": url, **program.secrets(_place(service), password)}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": _meta(workspace, service, config),
        "type": "Opaque",
        "stringData": data,
    }


def variables(workspace: str, services: Iterable[ServiceName]) -> list[Object]:
    """The environment by which what runs in the workspace finds its services."""
    return [_from_secret(SERVICES[name].variable, workspace, name, "url") for name in services]


def parts(workspace: str, service: ServiceName, config: ClusterConfig) -> list[Object]:
    """All but the Secret and the StatefulSet; order does not matter."""
    port = {"protocol": "TCP", "port": PROGRAMS[service].port}
    editor = {"podSelector": {"matchLabels": selector("code-server", workspace)}}
    own = {"podSelector": {"matchLabels": selector(service, service_name(workspace, service))}}
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": _meta(workspace, service, config),
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": config.volume_size}}},
    }
    address = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _meta(workspace, service, config),
        "spec": {"selector": own["podSelector"]["matchLabels"], "ports": [{**port, "targetPort": port["port"]}]},
    }
    way_in = {**own, "policyTypes": ["Ingress", "Egress"], "ingress": [{"from": [editor], "ports": [port]}]}
    way_out = {**editor, "policyTypes": ["Egress"], "egress": [{"to": [own], "ports": [port]}]}
    return [
        volume,
        address,
        _policy(_meta(workspace, service, config), way_in),
        _policy(_meta(workspace, service, config, "-client"), way_out),
        *_agent_access(workspace, service, config),
    ]


def _agent_access(workspace: str, service: ServiceName, config: ClusterConfig) -> list[Object]:
    """Datadog's Agent, where there is one, may read this one Secret: its check signs in with it."""
    group, meta = "rbac.authorization.k8s.io", _meta(workspace, service, config)
    rule = {"apiGroups": [""], "resources": ["secrets"], "resourceNames": [meta["name"]], "verbs": ["get"]}
    return [
        {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": meta, "rules": [rule]},
        {
            "apiVersion": f"{group}/v1",
            "kind": "RoleBinding",
            "metadata": meta,
            "roleRef": {"apiGroup": group, "kind": "Role", "name": meta["name"]},
            "subjects": [{"kind": "ServiceAccount", "name": AGENT, "namespace": AGENT_NAMESPACE}],
        },
    ]


def stateful_set(workspace: str, service: ServiceName, config: ClusterConfig) -> Object:
    """The service itself, not started yet; never two pods at once, as two must not write to one volume."""
    name, meta, images = service_name(workspace, service), _meta(workspace, service, config), config.images
    image: Mapping[ServiceName, str] = {"postgresql": images.postgresql, "redis": images.redis}
    container = {
        "name": service,
        "image": image[service],
        "imagePullPolicy": "IfNotPresent",
        "command": list(PROGRAMS[service].command(_place(service))),
        "workingDir": DATA,
        "env": [_from_secret(one, workspace, service, "password") for one in _PASSWORD_VARIABLES[service]],
        "ports": [{"containerPort": PROGRAMS[service].port}],
        "startupProbe": _probe(_PROBES[service], period=1, failures=300),
        "readinessProbe": _probe(_PROBES[service], period=10, failures=3),
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": _MEMORY[service]}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [
            {"name": "data", "mountPath": DATA},
            {"name": "secrets", "mountPath": SECRETS, "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},
        ],
    }
    pod = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 30,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER_ID,
            "runAsGroup": USER_ID,
            "fsGroup": USER_ID,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [
            {"name": "data", "persistentVolumeClaim": {"claimName": name}},
            {"name": "secrets", "secret": {"secretName": name, "defaultMode": 0o440}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}},
        ],
    }
    tags = {**meta["labels"], TEAM_LABEL: TEAM}
    check = service_check(service, PROGRAMS[service].port, name, workspace)
    template = {"labels": tags, "annotations": {**check, **logs(service, service, f"{workspace}-{service}")}}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": meta,
        "spec": {
            "replicas": 0,
            "revisionHistoryLimit": 2,
            "serviceName": name,
            "selector": {"matchLabels": selector(service, name)},
            "template": {"metadata": template, "spec": pod},
        },
    }


def _place(service: ServiceName) -> Place:
    return Place(DATA, SECRETS, "*", PROGRAMS[service].port)


def _meta(workspace: str, service: ServiceName, config: ClusterConfig, suffix: str = "") -> Object:
    name = service_name(workspace, service)
    own = labels(service, instance=name, component=COMPONENT, version=config.version)
    return {
        "name": f"{name}{suffix}",
        "namespace": WORKSPACES_NAMESPACE,
        "labels": {**own, "tags.datadoghq.com/service": f"{workspace}-{service}", WORKSPACE_LABEL: workspace},
    }


def _policy(meta: Object, spec: Object) -> Object:
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta, "spec": spec}


def _from_secret(variable: str, workspace: str, service: str, key: str) -> Object:
    reference = {"name": service_name(workspace, service), "key": key}
    return {"name": variable, "valueFrom": {"secretKeyRef": reference}}


def _probe(command: tuple[str, ...], *, period: int, failures: int) -> Object:
    return {
        "exec": {"command": list(command)},
        "periodSeconds": period,
        "timeoutSeconds": 5,
        "failureThreshold": failures,
    }
