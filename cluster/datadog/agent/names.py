"""Names by which the Agent's objects are found: by whoever sends to it, and by whoever removes it."""

from cluster.manifests.labels import MANAGED_BY, labels, selector
from cluster.manifests.observed import AGENT_ENV

NAMESPACE = "vibecode-datadog"
INSTANCE = "vibecode-datadog"
COMPONENT = "datadog"
OURS = {**MANAGED_BY, "app.kubernetes.io/component": COMPONENT}
"""What every object of the Agent carries, in whatever namespace, and no workspace ever does."""

SECRET = "datadog"
AGENT = "datadog-agent"
TRACE_AGENT = "trace-agent"
CLUSTER_AGENT = "datadog-cluster-agent"
ADMISSION = "datadog-admission"
WEBHOOK = "vibecode-datadog-webhook"
"""The Cluster Agent makes it, so that it has no label of ours."""

IN_WORKSPACES = AGENT_ENV
"""What there is of it beside workspaces is called so, which none of them can be."""

HOST = f"{AGENT}.{NAMESPACE}.svc"
"""Where a pod of the cluster reaches the Agent of its own node."""
TRACES_PORT = 8126
METRICS_PORT = 8125

AGENT_PODS = selector(AGENT, INSTANCE)
CLUSTER_AGENT_PODS = selector(CLUSTER_AGENT, INSTANCE)


def own_labels(name: str, version: str) -> dict[str, str]:
    return labels(name, instance=INSTANCE, component=COMPONENT, version=version)
