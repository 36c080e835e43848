"""Names and labels that every object carries, so that what is ours is found, grouped and deleted exactly."""

SYSTEM_NAMESPACE = "vibecode-system"
WORKSPACES_NAMESPACE = "vibecode-workspaces"

FIELD_MANAGER = "vibecode"
MANAGED_BY = {"app.kubernetes.io/managed-by": "vibecode"}
NODE_LABEL = {"vibecode.dev/managed-by": "vibecode"}  # a kubelet refuses to give itself one of kubernetes.io
WORKSPACE_LABEL = "vibecode.dev/workspace"
INSTANCE_LABEL = "app.kubernetes.io/instance"
TEAM_LABEL = "vibecode.dev/team"
TEAM = "vibecode"
"""The tag `team` of all that VibeCode runs."""
EDITORS = {**MANAGED_BY, "app.kubernetes.io/component": "workspace"}  # Deployments and pods of workspaces

PROJECT_ANNOTATION = "vibecode.dev/project"
DIGEST_ANNOTATION = "vibecode.dev/project-digest"
SEEDED_ANNOTATION = "vibecode.dev/seeded"
PORTS_ANNOTATION = "vibecode.dev/ports"
SYSTEM_ANNOTATION = "vibecode.dev/system"


def labels(name: str, *, instance: str, component: str, version: str) -> dict[str, str]:
    """Kubernetes' recommended labels and Datadog's unified service tags, from the same facts."""
    return {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/instance": instance,
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/version": version,
        **MANAGED_BY,
        "tags.datadoghq.com/env": "local",
        "tags.datadoghq.com/service": instance,
        "tags.datadoghq.com/version": version,
    }


def selector(name: str, instance: str) -> dict[str, str]:
    """The labels that never change with a version: what Deployments and Services select by."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance}
