"""What Agent and Cluster Agent have in common."""

from cluster.datadog.agent.config import AgentConfig
from cluster.datadog.agent.names import CLUSTER_AGENT, NAMESPACE, SECRET, own_labels
from cluster.kube.kinds import Object

SECRETS_ANNOTATION = "vibecode.dev/datadog-secret"
API_KEY, TOKEN = "api-key", "token"


def meta(name: str, config: AgentConfig, namespace: str | None = NAMESPACE, *, of: str | None = None) -> Object:
    """An object's metadata; `of` is the program that it belongs to, where that has another name."""
    place = {} if namespace is None else {"namespace": namespace}
    return {"name": name, "labels": own_labels(of or name, config.version), **place}


def env(**values: str) -> list[Object]:
    return [{"name": name, "value": value} for name, value in values.items()]


def env_from_field(name: str, path: str) -> Object:
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}


def env_from_secret(name: str, key: str) -> Object:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": SECRET, "key": key}}}


def common_env(config: AgentConfig) -> list[Object]:
    """The key, the site and the tags; what the Agent would tell its maker of itself is off."""
    return [
        env_from_secret("DD_API_KEY", API_KEY),
        *env(
            DD_SITE=config.site,
            KUBERNETES="yes",
            DD_CLUSTER_NAME=config.cluster,
            DD_ENV="local",
            DD_TAGS="team:vibecode managed_by:vibecode",
            DD_LOG_LEVEL="INFO",
            DD_REMOTE_CONFIGURATION_ENABLED="false",
            DD_AGENT_TELEMETRY_ENABLED="false",
            DD_KUBERNETES_USE_ENDPOINT_SLICES="true",
        ),
    ]


def cluster_agent_env() -> list[Object]:
    """How one side knows the other."""
    return [
        *env(DD_CLUSTER_AGENT_ENABLED="true", DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME=CLUSTER_AGENT),
        env_from_secret("DD_CLUSTER_AGENT_AUTH_TOKEN", TOKEN),
    ]


def http_probe(path: str, port: int, *, period: int, failures: int) -> Object:
    get = {"path": path, "port": port}
    return {"httpGet": get, "periodSeconds": period, "timeoutSeconds": 5, "failureThreshold": failures}


def resources(cpu: str, memory: str, *, most_cpu: str, most_memory: str) -> Object:
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"cpu": most_cpu, "memory": most_memory}}
