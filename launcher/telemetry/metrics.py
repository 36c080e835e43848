"""The metrics that the program sends: `vibecode.{component}.{metric}`, with the tags that each may carry."""

from typing import Literal, NamedTuple

Type = Literal["c", "g", "d"]
"""A count, a gauge or a distribution.

Source: https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
"""


class Metric(NamedTuple):
    """`meaning` says in words what its values are, and their unit."""

    name: str
    type: Type
    meaning: str
    tags: tuple[str, ...] = ()

    @property
    def component(self) -> str:
        return self.name.split(".")[1]


COMMANDS = Metric("vibecode.launcher.commands", "c", "commands that were run", ("command",))
ERRORS = Metric("vibecode.launcher.errors", "c", "commands that ended with an error", ("command", "code"))
CRASHES = Metric("vibecode.launcher.crashes", "c", "commands that ended by a defect of VibeCode", ("command",))
STARTUP_TIME = Metric(
    "vibecode.launcher.startup_time", "d", "seconds until a command begins, or the first frame is drawn"
)

CREATE_DURATION = Metric(
    "vibecode.workspace.create_duration", "d", "seconds until a new workspace's editor can be used", ("engine",)
)
WORKSPACE_UP = Metric(
    "vibecode.workspace.up", "g", "1 where a started workspace runs, 0 where it does not", ("engine", "workspace")
)
MEMORY_SHARE = Metric(
    "vibecode.workspace.memory_share", "g", "a workspace's memory, as a share of its limit", ("engine", "workspace")
)

CLUSTER_UP = Metric("vibecode.cluster.up", "g", "1 where the cluster answers, 0 where it does not")
API_DURATION = Metric("vibecode.cluster.api_duration", "d", "seconds that Kubernetes takes for a list of workspaces")

DISK_USED = Metric("vibecode.cluster.disk_used", "g", "how full the disk is that VibeCode's data is on, as a share")
MEMORY_USED = Metric(
    "vibecode.cluster.memory_used", "g", "bytes of memory that all workspaces of an engine use", ("engine",)
)
INGRESS_UP = Metric("vibecode.ingress.up", "g", "1 where the ingress is ready, 0 where it is not")

REQUESTS = Metric("vibecode.ai.requests", "c", "requests to a model", ("model", "provider"))
AI_ERRORS = Metric("vibecode.ai.errors", "c", "requests to a model that failed", ("model", "provider", "code"))
TOKENS = Metric("vibecode.ai.tokens", "c", "tokens of prompts and of answers", ("model", "provider", "direction"))
COST = Metric("vibecode.ai.cost", "c", "US dollars that models cost", ("model", "provider"))
FIRST_TOKEN_DURATION = Metric(
    "vibecode.ai.first_token_duration", "d", "seconds until a model's first word", ("model", "provider")
)
BUDGET_SHARE = Metric("vibecode.ai.budget_share", "g", "today's cost of models, as a share of the day's budget")

METRICS = (
    *(COMMANDS, ERRORS, CRASHES, STARTUP_TIME),
    *(CREATE_DURATION, WORKSPACE_UP, MEMORY_SHARE),
    *(CLUSTER_UP, API_DURATION, DISK_USED, MEMORY_USED, INGRESS_UP),
    *(REQUESTS, AI_ERRORS, TOKENS, COST, FIRST_TOKEN_DURATION, BUDGET_SHARE),
)
