"""The Cluster Agent: metadata, events, cluster checks, and the admission controller in mode `service`."""

from cluster.datadog.agent.config import AgentConfig
from cluster.datadog.agent.manifests.shared import (
    SECRETS_ANNOTATION,
    cluster_agent_env,
    common_env,
    env,
    env_from_field,
    http_probe,
    meta,
    resources,
)
from cluster.datadog.agent.names import ADMISSION, AGENT, CLUSTER_AGENT, CLUSTER_AGENT_PODS, NAMESPACE, WEBHOOK
from cluster.kube.kinds import Object

PORT = 5005
ADMISSION_PORT = 8000
EXTERNAL_METRICS_PORT = 8443
HEALTH_PORT = 5556
USER_ID = 101
"""The image's own `dd-agent`."""
_OWN = {"config": "/etc/datadog-agent", "logs": "/var/log/datadog", "run": "/opt/datadog-agent/run", "tmp": "/tmp"}
_SECURITY = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def deployment(config: AgentConfig, secrets: str) -> Object:
    """`secrets` changes with the Secret's content, so that a new key reaches the pod that runs."""
    base = {"image": config.images.cluster_agent, "imagePullPolicy": "IfNotPresent", "securityContext": _SECURITY}
    preparation = {
        **base,
        "name": "init-volume",
        "command": ["cp", "-r", "/etc/datadog-agent", "/opt"],
        "resources": resources("20m", "32Mi", most_cpu="500m", most_memory="64Mi"),
        "volumeMounts": [{"name": "config", "mountPath": "/opt/datadog-agent"}],
    }
    container = {
        **base,
        "name": CLUSTER_AGENT,
        "env": _env(config),
        "ports": [
            {"name": "agent", "containerPort": PORT},
            {"name": "webhook", "containerPort": ADMISSION_PORT},
            {"name": "external", "containerPort": EXTERNAL_METRICS_PORT},
        ],
        "startupProbe": http_probe("/startup", HEALTH_PORT, period=2, failures=90),
        "readinessProbe": http_probe("/ready", HEALTH_PORT, period=5, failures=6),
        "livenessProbe": http_probe("/live", HEALTH_PORT, period=15, failures=6),
        "resources": resources("50m", "96Mi", most_cpu="500m", most_memory="256Mi"),
        "volumeMounts": [{"name": name, "mountPath": path} for name, path in _OWN.items()],
    }
    pod: Object = {
        "serviceAccountName": CLUSTER_AGENT,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 10,
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER_ID,
            "runAsGroup": USER_ID,
            "fsGroup": USER_ID,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "initContainers": [preparation],
        "containers": [container],
        "volumes": [{"name": name, "emptyDir": {"sizeLimit": "256Mi"}} for name in _OWN],
    }
    metadata = meta(CLUSTER_AGENT, config)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {
            "replicas": 1,
            "revisionHistoryLimit": 2,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": CLUSTER_AGENT_PODS},
            "template": {
                "metadata": {"labels": metadata["labels"], "annotations": {SECRETS_ANNOTATION: secrets}},
                "spec": pod,
            },
        },
    }


def services(config: AgentConfig) -> list[Object]:
    def service(name: str, *ports: Object) -> Object:
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": meta(name, config, of=CLUSTER_AGENT),
            "spec": {"type": "ClusterIP", "selector": CLUSTER_AGENT_PODS, "ports": list(ports)},
        }

    return [
        service(
            CLUSTER_AGENT,
            {"name": "agent", "port": PORT, "targetPort": "agent", "protocol": "TCP"},
            {"name": "external", "port": EXTERNAL_METRICS_PORT, "targetPort": "external", "protocol": "TCP"},
        ),
        service(ADMISSION, {"name": "webhook", "port": 443, "targetPort": "webhook", "protocol": "TCP"}),
    ]


def _env(config: AgentConfig) -> list[Object]:
    return [
        *common_env(config),
        *cluster_agent_env(),
        env_from_field("DD_POD_NAME", "metadata.name"),
        env_from_field("DD_CLUSTER_AGENT_SERVICE_ACCOUNT_NAME", "spec.serviceAccountName"),
        *env(
            DD_HOSTNAME=config.host,
            DD_HEALTH_PORT=str(HEALTH_PORT),
            DD_KUBE_RESOURCES_NAMESPACE=NAMESPACE,
            DD_LEADER_ELECTION="true",
            DD_LEADER_ELECTION_DEFAULT_RESOURCE="lease",
            DD_LEADER_LEASE_NAME="datadog-leader-election",
            DD_CLUSTER_AGENT_TOKEN_NAME="datadogtoken",
            DD_COLLECT_KUBERNETES_EVENTS="true",
            DD_CLUSTER_CHECKS_ENABLED="true",
            DD_EXTRA_CONFIG_PROVIDERS="kube_endpoints kube_services",
            DD_EXTRA_LISTENERS="kube_endpoints kube_services",
            DD_ORCHESTRATOR_EXPLORER_ENABLED="false",
            DD_EXTERNAL_METRICS_PROVIDER_ENABLED="false",  # whatever scales by metrics turns it on
            DD_EXTERNAL_METRICS_PROVIDER_PORT=str(EXTERNAL_METRICS_PORT),
            DD_ADMISSION_CONTROLLER_ENABLED="true",
            DD_ADMISSION_CONTROLLER_VALIDATION_ENABLED="false",
            DD_ADMISSION_CONTROLLER_MUTATE_UNLABELLED="false",
            DD_ADMISSION_CONTROLLER_FAILURE_POLICY="Ignore",
            DD_ADMISSION_CONTROLLER_WEBHOOK_NAME=WEBHOOK,
            DD_ADMISSION_CONTROLLER_SERVICE_NAME=ADMISSION,
            DD_ADMISSION_CONTROLLER_PORT=str(ADMISSION_PORT),
            DD_ADMISSION_CONTROLLER_INJECT_CONFIG_MODE="service",
            DD_ADMISSION_CONTROLLER_INJECT_CONFIG_LOCAL_SERVICE_NAME=AGENT,
            DD_APM_INSTRUMENTATION_ENABLED="false",  # it would add init containers to pods
        ),
    ]
