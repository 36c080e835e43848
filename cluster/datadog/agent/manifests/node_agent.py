"""The Agent of each node: a DaemonSet, and the Service by which pods reach the one of their own node.

No socket is shared with pods, since that takes a hostPath, which pods under Pod Security `restricted` may not have.
"""

import json

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
from cluster.datadog.agent.names import AGENT, AGENT_PODS, METRICS_PORT, NAMESPACE, TRACE_AGENT, TRACES_PORT
from cluster.kube.kinds import Object
from cluster.manifests.labels import TEAM_LABEL, WORKSPACE_LABEL

HEALTH_PORT = 5555
_CONFIG_FILE = "/etc/datadog-agent/datadog.yaml"
_TAGS_OF_LABELS = {WORKSPACE_LABEL: "workspace", TEAM_LABEL: "team", "app.kubernetes.io/component": "component"}
_SECURITY = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True}
_OWN = {
    "config": "/etc/datadog-agent",
    "auth": "/etc/datadog-agent/auth",
    "logs": "/var/log/datadog",
    "run": "/opt/datadog-agent/run",
    "tmp": "/tmp",
}
"""Volumes that live and die with the pod, and where they are."""
_HOST = {
    "proc": ("/proc", "/host/proc"),
    "cgroup": ("/sys/fs/cgroup", "/host/sys/fs/cgroup"),
    "passwd": ("/etc/passwd", "/etc/passwd"),
    "containerd": ("/run/containerd", "/host/run/containerd"),
    "pod-logs": ("/var/log/pods", "/var/log/pods"),
    "container-logs": ("/var/log/containers", "/var/log/containers"),
}
"""What is read of the node: its path, and where the Agent has it."""


def daemon_set(config: AgentConfig, secrets: str) -> Object:
    """`secrets` changes with the Secret's content, so that a new key reaches pods that run."""
    lite = config.profile == "lite"
    own = [{"name": name, "mountPath": path} for name, path in _OWN.items()]
    host = [{"name": name, "mountPath": path, "readOnly": True} for name, (_, path) in _HOST.items()]
    shared = [*common_env(config), *_node_env(config), *([] if lite else cluster_agent_env())]
    agent = {
        "name": AGENT,
        "image": config.images.agent,
        "imagePullPolicy": "IfNotPresent",
        "command": ["agent", "run"],
        "env": [*shared, *_agent_env(config)],
        "ports": [{"name": "metrics", "containerPort": METRICS_PORT, "protocol": "UDP"}],
        "startupProbe": http_probe("/startup", HEALTH_PORT, period=2, failures=90),
        "readinessProbe": http_probe("/ready", HEALTH_PORT, period=5, failures=6),
        "livenessProbe": http_probe("/live", HEALTH_PORT, period=15, failures=6),
        "resources": resources("50m", "128Mi", most_cpu="1", most_memory="256Mi" if lite else "512Mi"),
        "securityContext": _SECURITY,
        "volumeMounts": [*own, *host],
    }
    trace_agent = {
        "name": TRACE_AGENT,
        "image": config.images.agent,
        "imagePullPolicy": "IfNotPresent",
        "command": ["trace-agent", f"-config={_CONFIG_FILE}"],
        "env": [*shared, *_trace_env()],
        "ports": [{"name": "traces", "containerPort": TRACES_PORT}],
        "readinessProbe": {"tcpSocket": {"port": TRACES_PORT}, "periodSeconds": 3, "failureThreshold": 10},
        "livenessProbe": {
            "tcpSocket": {"port": TRACES_PORT},
            "initialDelaySeconds": 15,
            "periodSeconds": 15,
            "timeoutSeconds": 5,
        },
        "resources": resources("20m", "64Mi", most_cpu="500m", most_memory="128Mi" if lite else "256Mi"),
        "securityContext": _SECURITY,
        "volumeMounts": [*own, *(one for one in host if one["name"] in ("proc", "cgroup", "containerd"))],
    }
    pod: Object = {
        "serviceAccountName": AGENT,
        "enableServiceLinks": False,
        "hostPID": not lite,  # else it sees no process but its own
        "terminationGracePeriodSeconds": 10,
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [{"operator": "Exists"}],
        "securityContext": {"runAsUser": 0, "seccompProfile": {"type": "RuntimeDefault"}},
        "initContainers": _preparation(config, shared, own, host),
        "containers": [agent, trace_agent],
        "volumes": [
            *({"name": name, "emptyDir": {"sizeLimit": "512Mi"}} for name in _OWN),
            *({"name": name, "hostPath": {"path": path}} for name, (path, _) in _HOST.items()),
        ],
    }
    metadata = meta(AGENT, config)
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": metadata,
        "spec": {
            "revisionHistoryLimit": 2,
            "selector": {"matchLabels": AGENT_PODS},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}},
            "template": {
                "metadata": {"labels": metadata["labels"], "annotations": {SECRETS_ANNOTATION: secrets}},
                "spec": pod,
            },
        },
    }


def service(config: AgentConfig) -> Object:
    """Leads to the Agent of the sender's own node, which is the one that knows the sender's tags."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": meta(AGENT, config, NAMESPACE),
        "spec": {
            "type": "ClusterIP",
            "selector": AGENT_PODS,
            "internalTrafficPolicy": "Local",
            "ports": [
                {"name": "metrics", "port": METRICS_PORT, "targetPort": METRICS_PORT, "protocol": "UDP"},
                {"name": "traces", "port": TRACES_PORT, "targetPort": TRACES_PORT, "protocol": "TCP"},
            ],
        },
    }


def _preparation(config: AgentConfig, shared: list[Object], own: list[Object], host: list[Object]) -> list[Object]:
    """The image's own configuration is copied to where it can be written, then completed by the image's scripts."""
    limits = resources("20m", "32Mi", most_cpu="500m", most_memory="128Mi")
    base = {
        "image": config.images.agent,
        "imagePullPolicy": "IfNotPresent",
        "resources": limits,
        "securityContext": _SECURITY,
    }
    copy = "cp -r /etc/datadog-agent /opt"
    complete = "for script in $(find /etc/cont-init.d/ -type f -name '*.sh' | sort); do bash $script; done"
    seen = [one for one in host if one["name"] in ("proc", "containerd")]
    return [
        {
            **base,
            "name": "init-volume",
            "command": ["bash", "-c", copy],
            "volumeMounts": [{"name": "config", "mountPath": "/opt/datadog-agent"}],
        },
        {
            **base,
            "name": "init-config",
            "command": ["bash", "-c", complete],
            "env": shared,
            "volumeMounts": [*own, *seen],
        },
    ]


def _node_env(config: AgentConfig) -> list[Object]:
    return [
        env_from_field("DD_KUBERNETES_KUBELET_HOST", "status.hostIP"),
        *env(
            DD_KUBELET_TLS_VERIFY="false",  # kind's kubelet signs its certificate itself
            DD_HOSTNAME=config.host,  # nodes of several machines are called the same
            DD_CRI_SOCKET_PATH="/host/run/containerd/containerd.sock",
            DD_AUTH_TOKEN_FILE_PATH="/etc/datadog-agent/auth/token",
            DD_KUBERNETES_POD_LABELS_AS_TAGS=json.dumps(_TAGS_OF_LABELS, sort_keys=True),
        ),
    ]


def _agent_env(config: AgentConfig) -> list[Object]:
    full = config.profile == "full"
    return [
        *env(
            DD_HEALTH_PORT=str(HEALTH_PORT),
            DD_SECRET_BACKEND_COMMAND="/readsecret_multiple_providers.sh",  # checks name Secrets, not passwords
            DD_DOGSTATSD_PORT=str(METRICS_PORT),
            DD_DOGSTATSD_NON_LOCAL_TRAFFIC="true",
            DD_DOGSTATSD_SOCKET="",
            DD_DOGSTATSD_TAG_CARDINALITY="low",
            DD_APM_ENABLED="false",  # the trace agent beside it does that
            DD_LOGS_ENABLED="true",
            DD_LOGS_CONFIG_CONTAINER_COLLECT_ALL="true",
            DD_LOGS_CONFIG_K8S_CONTAINER_USE_FILE="true",
            DD_LOGS_CONFIG_AUTO_MULTI_LINE_DETECTION="true",
            DD_CONTAINER_EXCLUDE_LOGS=f"kube_namespace:^{NAMESPACE}$",
            DD_PROCESS_CONFIG_PROCESS_COLLECTION_ENABLED="true" if full else "false",
            DD_PROCESS_CONFIG_RUN_IN_CORE_AGENT_ENABLED="true",
            DD_STRIP_PROC_ARGUMENTS="true",
        ),
        *(env(DD_EXTRA_CONFIG_PROVIDERS="clusterchecks endpointschecks") if full else []),
    ]


def _trace_env() -> list[Object]:
    return env(
        DD_APM_ENABLED="true",
        DD_APM_NON_LOCAL_TRAFFIC="true",
        DD_APM_RECEIVER_PORT=str(TRACES_PORT),
        DD_APM_RECEIVER_SOCKET="",
        DD_DOGSTATSD_PORT=str(METRICS_PORT),
    )
