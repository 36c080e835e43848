"""What Datadog's Agent finds on a pod: tags, checks and logs; without an Agent, nobody reads it.

Sources: https://docs.datadoghq.com/containers/kubernetes/integrations/ (Autodiscovery annotations v2),
https://docs.datadoghq.com/getting_started/tagging/unified_service_tagging/.
"""

import json

from cluster.kube.kinds import Object
from cluster.manifests.labels import TEAM

PREFIX = "ad.datadoghq.com/"
AGENT_ENV = "agent.datadog"
"""The ConfigMap that tells workspaces where the Agent is; there while it is. No workspace can be called so."""


def checks(container: str, check: str, instance: dict[str, object]) -> dict[str, str]:
    """The annotation of one check of one container; `%%host%%` in an instance is the pod's address."""
    config: Object = {check: {"init_config": {}, "instances": [instance]}}
    return {f"{PREFIX}{container}.checks": json.dumps(config, sort_keys=True)}


def logs(container: str, source: str, service: str) -> dict[str, str]:
    """The annotation that says how one container's lines are read, and whose they are."""
    return {f"{PREFIX}{container}.logs": json.dumps([{"service": service, "source": source}], sort_keys=True)}


def editor_annotations(name: str, container: str, port: int) -> dict[str, str]:
    health: dict[str, object] = {
        "name": "editor",
        "url": f"http://%%host%%:{port}/healthz",
        "timeout": 5,
        "extra_headers": {"Connection": "close"},  # else code-server takes it for a person's activity
        "tags": [f"workspace:{name}"],
    }
    return {**checks(container, "http_check", health), **logs(container, "code-server", name)}


def service_tags(component: str) -> list[Object]:
    """Variables with the pod's own tags, so that traces, metrics and logs of what runs in it agree."""
    fields = {f"DD_{tag.upper()}": f"metadata.labels['tags.datadoghq.com/{tag}']" for tag in _UNIFIED}
    fields["DD_ENTITY_ID"] = "metadata.uid"
    taken = [{"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}} for name, path in fields.items()]
    tags = f"team:{TEAM},component:{component}"
    # Tracers read the one, the metrics' clients the other.
    return [*taken, {"name": "DD_TAGS", "value": tags}, {"name": "DATADOG_TAGS", "value": tags}]


_UNIFIED = ("env", "service", "version")
