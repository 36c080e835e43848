"""All objects of an installation."""

import base64
import hashlib

from cluster.datadog.agent.config import AgentConfig, AgentSecrets
from cluster.datadog.agent.manifests import access, cluster_agent, network, node_agent
from cluster.datadog.agent.manifests.shared import API_KEY, TOKEN, meta
from cluster.datadog.agent.names import AGENT, HOST, IN_WORKSPACES, METRICS_PORT, NAMESPACE, SECRET, TRACES_PORT
from cluster.kube.kinds import Object
from cluster.manifests.labels import WORKSPACES_NAMESPACE


def namespace(config: AgentConfig) -> Object:
    """The only one of ours that is privileged: the Agent reads the node's logs and processes."""
    metadata = meta(NAMESPACE, config, None, of=AGENT)
    security = {f"pod-security.kubernetes.io/{mode}": "privileged" for mode in ("enforce", "audit", "warn")}
    metadata["labels"] |= security
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def agent_objects(config: AgentConfig, secrets: AgentSecrets) -> list[Object]:
    """All but the namespace; order does not matter."""
    both = f"{secrets.api_key}\0{secrets.token}".encode()
    changes = hashlib.sha256(both).hexdigest()[:16]
    objects = [
        _secret(config, secrets),
        _workspaces_env(config),
        *access.agent_access(config),
        *network.agent_network(config),
        node_agent.daemon_set(config, changes),
        node_agent.service(config),
    ]
    if config.profile == "full":
        objects += [
            *access.cluster_agent_access(config),
            *network.cluster_agent_network(config),
            cluster_agent.deployment(config, changes),
            *cluster_agent.services(config),
        ]
    return objects


def _secret(config: AgentConfig, secrets: AgentSecrets) -> Object:
    values = {API_KEY: secrets.api_key, TOKEN: secrets.token}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        "metadata": meta(SECRET, config, of=AGENT),
        "data": {name: base64.b64encode(value.encode()).decode() for name, value in values.items()},
    }


def _workspaces_env(config: AgentConfig) -> Object:
    """What workspaces take into their environment when they start; there is none while Datadog is off."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": meta(IN_WORKSPACES, config, WORKSPACES_NAMESPACE, of=AGENT),
        "data": {
            "DD_AGENT_HOST": HOST,
            "DD_TRACE_AGENT_PORT": str(TRACES_PORT),
            "DD_DOGSTATSD_PORT": str(METRICS_PORT),
            "DD_LOGS_INJECTION": "true",
            "DD_REMOTE_CONFIGURATION_ENABLED": "false",
            "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false",
        },
    }
