"""What Datadog's Agent finds on a pod: tags, checks and logs; without an Agent, nobody reads it.

Sources: https://docs.datadoghq.com/containers/kubernetes/integrations/ (Autodiscovery annotations v2),
https://docs.datadoghq.com/getting_started/tagging/unified_service_tagging/.
"""

import json
from collections.abc import Mapping

from cluster.kube.kinds import Object
from cluster.manifests.labels import TEAM, WORKSPACES_NAMESPACE
from templates.services import ServiceName

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


def service_check(service: ServiceName, port: int, secret: str, workspace: str) -> dict[str, str]:
    """The Agent reads the password itself, from the Secret that its check names; the annotation has none.

    Source: https://docs.datadoghq.com/agent/configuration/secrets-management/ (`ENC[k8s_secret@namespace/name/key]`).
    """
    check, own = _SERVICE_CHECKS[service]
    password = f"ENC[k8s_secret@{WORKSPACES_NAMESPACE}/{secret}/password]"
    instance = {"host": "%%host%%", "port": port, "password": password, "tags": [f"workspace:{workspace}"], **own}
    return checks(service, check, instance)


_SERVICE_CHECKS: Mapping[ServiceName, tuple[str, dict[str, object]]] = {
    "postgresql": ("postgres", {"username": "app", "dbname": "app"}),
    "redis": ("redisdb", {}),
}
"""The Agent's check of each service, and what it must know besides.

Sources: https://docs.datadoghq.com/integrations/postgres/, https://docs.datadoghq.com/integrations/redisdb/.
"""


def service_tags(component: str) -> list[Object]:
    """Variables with the pod's own tags, so that traces, metrics and logs of what runs in it agree."""
    fields = {f"DD_{tag.upper()}": f"metadata.labels['tags.datadoghq.com/{tag}']" for tag in _UNIFIED}
    fields["DD_ENTITY_ID"] = "metadata.uid"
    taken = [{"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}} for name, path in fields.items()]
    tags = f"team:{TEAM},component:{component}"
    # Tracers read the one, the metrics' clients the other.
    return [*taken, {"name": "DD_TAGS", "value": tags}, {"name": "DATADOG_TAGS", "value": tags}]


_UNIFIED = ("env", "service", "version")
