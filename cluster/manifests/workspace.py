"""What one workspace is made of: Deployment, volume, Service, Ingress, NetworkPolicy."""

import json
from dataclasses import dataclass

from cluster.config import ClusterConfig
from cluster.kube.kinds import Object
from cluster.manifests import packages, service
from cluster.manifests.labels import (
    DIGEST_ANNOTATION,
    PORTS_ANNOTATION,
    PROJECT_ANNOTATION,
    SYSTEM_NAMESPACE,
    TEAM,
    TEAM_LABEL,
    WORKSPACE_LABEL,
    WORKSPACES_NAMESPACE,
    labels,
    selector,
)
from cluster.manifests.observed import AGENT_ENV, editor_annotations, service_tags
from cluster.manifests.system import INGRESS_CLASS, POD_SUBNET, SERVICE_SUBNET
from templates.project import Manifest

CONTAINER = "editor"
EDITOR_PORT = 8080
USER_ID = 1000
HOME = "/home/coder"
PROJECT_FOLDER = f"{HOME}/project"


@dataclass(frozen=True, slots=True)
class Address:
    """Host names of one workspace as a browser must write them; `http_port` is the published one."""

    name: str
    base_domain: str
    http_port: int

    @property
    def host(self) -> str:
        return f"{self.name}.{self.base_domain}"

    @property
    def authority(self) -> str:
        return f"{self.host}{self._port}"

    @property
    def url(self) -> str:
        return f"http://{self.authority}/"

    def port_host(self, port: int) -> str:
        return f"{port}-{self.host}"

    def port_url(self, port: int) -> str:
        return f"http://{self.port_host(port)}{self._port}/"

    @property
    def proxy_domain(self) -> str:
        """For code-server's `--proxy-domain`, so that its own port links lead here."""
        return f"{{{{port}}}}-{self.authority}"

    @property
    def _port(self) -> str:
        return "" if self.http_port == 80 else f":{self.http_port}"


def deployment(address: Address, manifest: Manifest, digest: str, image: str, config: ClusterConfig) -> Object:
    """The workspace itself, not started yet; its annotations are the only record of what it was made from."""
    name = address.name
    container = {
        "name": CONTAINER,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["dumb-init", "code-server"],  # not the image's entry point: fixuid fails under `restricted`
        "args": [
            f"--bind-addr=0.0.0.0:{EDITOR_PORT}",
            "--auth=none",  # the ingress is the only way in, and the NetworkPolicy keeps it so
            "--disable-telemetry",
            "--disable-update-check",
            "--disable-workspace-trust",
            "--disable-getting-started-override",
            f"--proxy-domain={address.proxy_domain}",
            f"--app-name={name}",
            PROJECT_FOLDER,
        ],
        "workingDir": HOME,
        "env": [
            {"name": "HOME", "value": HOME},
            {"name": "SHELL", "value": "/bin/bash"},
            {"name": "VIBECODE_WORKSPACE", "value": name},
            *service_tags("workspace"),
            *packages.variables(config, HOME),
            *service.variables(name, manifest.services),
        ],
        "envFrom": [
            {"configMapRef": {"name": AGENT_ENV, "optional": True}},
            {"secretRef": {"name": name, "optional": True}},
        ],
        "ports": [{"name": "http", "containerPort": EDITOR_PORT}],
        "startupProbe": _probe(period=1, failures=180),
        "readinessProbe": _probe(period=10, failures=3),
        "livenessProbe": _probe(period=30, failures=6),
        "resources": {
            "requests": {"cpu": "100m", "memory": "256Mi"},
            "limits": {"cpu": config.cpu, "memory": config.memory},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [
            {"name": "home", "mountPath": HOME},
            {"name": "tmp", "mountPath": "/tmp"},
            *packages.mounts(config),
        ],
    }
    pod = {
        "hostname": name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 10,
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
            {"name": "home", "persistentVolumeClaim": {"claimName": name}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "4Gi"}},
            *packages.volumes(config),
        ],
    }
    record = {field: getattr(manifest, field) for field in Manifest.__slots__ if field != "ports"}
    annotations = {
        PROJECT_ANNOTATION: json.dumps(record, sort_keys=True),
        DIGEST_ANNOTATION: digest,
        PORTS_ANNOTATION: json.dumps(sorted(manifest.ports)),
    }
    meta = _meta(name, config)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {**meta, "annotations": annotations},
        "spec": {
            "replicas": 0,
            "revisionHistoryLimit": 2,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": selector("code-server", name)},
            "template": {
                "metadata": {
                    "labels": {**meta["labels"], TEAM_LABEL: TEAM},
                    "annotations": editor_annotations(name, CONTAINER, EDITOR_PORT),
                },
                "spec": pod,
            },
        },
    }


def parts(address: Address, ports: tuple[int, ...], config: ClusterConfig) -> list[Object]:
    """All but the Deployment; order does not matter."""
    name = address.name
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": _meta(name, config),
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": config.volume_size}}},
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _meta(name, config),
        "spec": {
            "type": "ClusterIP",
            "publishNotReadyAddresses": True,  # there is no other pod to prefer, and a probe's pace costs a second
            "selector": selector("code-server", name),
            "ports": [{"name": "http", "port": EDITOR_PORT, "targetPort": "http", "protocol": "TCP"}],
        },
    }
    return [volume, service, ingress(address, ports, config), _network_policy(name, config)]


def ingress(address: Address, ports: tuple[int, ...], config: ClusterConfig) -> Object:
    """One rule for the editor and one per port; all lead to the editor, whose own proxy reaches 127.0.0.1."""
    hosts = [address.host, *(address.port_host(port) for port in sorted(ports))]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": _meta(address.name, config),
        "spec": {"ingressClassName": INGRESS_CLASS, "rules": [_rule(host, address.name) for host in hosts]},
    }


def _rule(host: str, service: str) -> Object:
    backend = {"service": {"name": service, "port": {"number": EDITOR_PORT}}}
    return {"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}


def _network_policy(name: str, config: ClusterConfig) -> Object:
    traefik = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": SYSTEM_NAMESPACE}},
        "podSelector": {"matchLabels": selector("traefik", "vibecode-ingress")},
    }
    dns_pods = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    inside = [POD_SUBNET, SERVICE_SUBNET, "169.254.0.0/16"]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": _meta(name, config),
        "spec": {
            "podSelector": {"matchLabels": selector("code-server", name)},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [traefik], "ports": [{"protocol": "TCP", "port": EDITOR_PORT}]}],
            "egress": [
                {"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": inside}}]},
                {
                    "to": [dns_pods],
                    "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
                },
            ],
        },
    }


def _meta(name: str, config: ClusterConfig) -> Object:
    own = labels("code-server", instance=name, component="workspace", version=config.version)
    return {"name": name, "namespace": WORKSPACES_NAMESPACE, "labels": {**own, WORKSPACE_LABEL: name}}


def _probe(*, period: int, failures: int) -> Object:
    # The kubelet closes each probe's connection, so code-server does not count it as a person's activity.
    get = {"path": "/healthz", "port": EDITOR_PORT}
    return {"httpGet": get, "periodSeconds": period, "timeoutSeconds": 5, "failureThreshold": failures}
