"""The monitors: one of each priority for each component.

Their metrics are named `vibecode.{component}.{metric}`; times are in seconds, shares from 0 to 1. The program sends
them (`launcher/telemetry/metrics.py`), and the Agent in the cluster what Traefik tells (`cluster/manifests/system.py`),
whose counts it calls `.count`. A monitor is one for all machines of an organisation, and alerts for each on its own.
"""

from cluster.datadog.monitors.monitor import Monitor
from cluster.datadog.tags import ENV

_SCOPE = f"{{env:{ENV}}} by {{host}}"
_WORKSPACE = f"{{env:{ENV}}} by {{host,workspace}}"


_ERRORS = f"{{env:{ENV},code:5*}} by {{host}}"
"""Answers that are a server's error."""


def _share(window: str, part: str, whole: str, part_scope: str = _SCOPE) -> str:
    """Percent of `whole` that `part` is."""
    return f"sum({window}):100 * sum:{part}{part_scope}.as_count() / sum:{whole}{_SCOPE}.as_count()"


def _growth(aggregation: str, metric: str, scope: str = _SCOPE) -> str:
    """Percent by which a day differs from the day before; one of avg, sum, min, max."""
    across = "sum" if aggregation == "sum" else "avg"
    return f"pct_change({aggregation}(last_1d),1d_ago):{across}:{metric}{scope}"


CLUSTER = (
    Monitor(
        "cluster-down",
        "cluster",
        1,
        "the cluster is down",
        f"max(last_5m):max:vibecode.cluster.up{_SCOPE}",
        "<",
        1,
        "The cluster did not answer once in 5 minutes: no workspace in it can be used.",
    ),
    Monitor(
        "cluster-slow",
        "cluster",
        2,
        "the cluster answers slowly",
        f"avg(last_10m):avg:vibecode.cluster.api_duration{_SCOPE}",
        ">",
        2,
        "Kubernetes takes seconds for an answer: everything takes longer.",
        warning=1,
    ),
    Monitor(
        "cluster-disk",
        "cluster",
        3,
        "the cluster's disk fills up",
        f"max(last_15m):max:vibecode.cluster.disk_used{_SCOPE}",
        ">",
        0.9,
        "The disk below the cluster is nearly full: beyond 95 % Kubernetes ends pods to free it.",
        warning=0.8,
    ),
    Monitor(
        "cluster-memory-trend",
        "cluster",
        4,
        "workspaces need more memory from day to day",
        _growth("avg", "vibecode.cluster.memory_used"),
        ">",
        50,
        "The workspaces of a cluster need half as much memory again as the day before.",
    ),
)

INGRESS = (
    Monitor(
        "ingress-down",
        "ingress",
        1,
        "the ingress is down",
        f"max(last_5m):max:vibecode.ingress.up{_SCOPE}",
        "<",
        1,
        "The ingress did not answer once in 5 minutes: no address of a workspace can be reached.",
    ),
    Monitor(
        "ingress-slow",
        "ingress",
        2,
        "the ingress answers slowly",
        f"avg(last_10m):avg:vibecode.ingress.request_duration{_SCOPE}",
        ">",
        2,
        "Pages of editors and projects take seconds.",
        warning=1,
    ),
    Monitor(
        "ingress-errors",
        "ingress",
        3,
        "the ingress answers with errors",
        _share("last_15m", "vibecode.ingress.requests.count", "vibecode.ingress.requests.count", _ERRORS),
        ">",
        5,
        "More than 5 % of the requests are answered with a server's error.",
        warning=2,
    ),
    Monitor(
        "ingress-errors-trend",
        "ingress",
        4,
        "the ingress has more errors from day to day",
        _growth("sum", "vibecode.ingress.requests.count", _ERRORS),
        ">",
        100,
        "There are twice as many errors as the day before.",
    ),
)

WORKSPACE = (
    Monitor(
        "workspace-down",
        "workspace",
        1,
        "a workspace is down",
        f"max(last_5m):max:vibecode.workspace.up{_WORKSPACE}",
        "<",
        1,
        "The workspace {{workspace.name}} was started, and its editor did not answer once in 5 minutes.",
    ),
    Monitor(
        "workspace-slow",
        "workspace",
        2,
        "new workspaces take long",
        f"avg(last_1h):avg:vibecode.workspace.create_duration{_SCOPE}",
        ">",
        120,
        "Making a workspace takes minutes; seconds are usual once the images are there.",
        warning=60,
    ),
    Monitor(
        "workspace-memory",
        "workspace",
        3,
        "a workspace is near its memory limit",
        f"max(last_15m):max:vibecode.workspace.memory_share{_WORKSPACE}",
        ">",
        0.95,
        "The workspace {{workspace.name}} is about to be ended for want of memory; its files stay.",
        warning=0.85,
    ),
    Monitor(
        "workspace-create-trend",
        "workspace",
        4,
        "new workspaces take longer from day to day",
        _growth("avg", "vibecode.workspace.create_duration"),
        ">",
        50,
        "Making a workspace takes half as long again as the day before.",
    ),
)

AI = (
    Monitor(
        "ai-down",
        "ai",
        1,
        "the model does not answer",
        _share("last_15m", "vibecode.ai.errors", "vibecode.ai.requests"),
        ">",
        90,
        "Nearly every request to the model fails: neither `ai` nor `chat` can work.",
    ),
    Monitor(
        "ai-slow",
        "ai",
        2,
        "the model answers slowly",
        f"avg(last_15m):avg:vibecode.ai.first_token_duration{_SCOPE}",
        ">",
        30,
        "It takes long until the model's first word.",
        warning=15,
    ),
    Monitor(
        "ai-budget",
        "ai",
        3,
        "the day's budget for models is nearly spent",
        f"max(last_15m):max:vibecode.ai.budget_share{_SCOPE}",
        ">",
        0.9,
        "Once the budget is spent, requests to models are refused until tomorrow.",
        warning=0.75,
    ),
    Monitor(
        "ai-cost-trend",
        "ai",
        4,
        "models cost more from day to day",
        _growth("sum", "vibecode.ai.cost"),
        ">",
        100,
        "Models cost twice as much as the day before.",
    ),
)

LAUNCHER = (
    Monitor(
        "launcher-crashes",
        "launcher",
        1,
        "the program itself fails",
        f"sum(last_15m):sum:vibecode.launcher.crashes{_SCOPE}.as_count()",
        ">",
        2,
        "VibeCode ended several times by a defect of its own.",
    ),
    Monitor(
        "launcher-slow",
        "launcher",
        2,
        "the program starts slowly",
        f"avg(last_1h):avg:vibecode.launcher.startup_time{_SCOPE}",
        ">",
        2,
        "It takes seconds until VibeCode's first frame.",
        warning=1,
    ),
    Monitor(
        "launcher-errors",
        "launcher",
        3,
        "many commands end with an error",
        _share("last_1h", "vibecode.launcher.errors", "vibecode.launcher.commands"),
        ">",
        30,
        "Nearly one command of three ends with an error.",
        warning=15,
    ),
    Monitor(
        "launcher-startup-trend",
        "launcher",
        4,
        "the program starts slower from day to day",
        _growth("avg", "vibecode.launcher.startup_time"),
        ">",
        50,
        "VibeCode takes half as long again to start as the day before.",
    ),
)

MONITORS = (*CLUSTER, *INGRESS, *WORKSPACE, *AI, *LAUNCHER)
