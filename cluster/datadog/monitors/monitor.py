"""One monitor as data, and as Datadog's API takes it.

Source: https://docs.datadoghq.com/api/latest/monitors/ (query syntax, options, priority 1 to 5).
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

from cluster.datadog.tags import ENV, SERVICE, TEAM

Component = Literal["cluster", "ingress", "workspace", "ai", "launcher"]
Priority = Literal[1, 2, 3, 4]

PRIORITIES: dict[Priority, str] = {
    1: "service down",
    2: "performance degraded",
    3: "warning threshold",
    4: "trend",
}
MANAGED_TAG = "managed_by:vibecode"
ID_KEY = "vibecode_monitor"
"""The key of the tag by which a monitor is found again, whatever it is called by then."""
REPEATED_EVERY = 60
"""Minutes after which a service that is still down is told again."""


@dataclass(frozen=True, slots=True)
class Monitor:
    """`expression` is the query up to the comparison, so that query and thresholds cannot differ.

    `meaning` is one sentence for whoever is woken by it. Nothing is told where no data comes: a computer that sleeps
    sends none.
    """

    id: str
    component: Component
    priority: Priority
    title: str
    expression: str
    comparison: Literal["<", ">"]
    critical: float
    meaning: str
    warning: float | None = None

    @property
    def name(self) -> str:
        return f"VibeCode: {self.title}"

    @property
    def query(self) -> str:
        return f"{self.expression} {self.comparison} {self.critical:g}"

    def body(self, version: str, notify: str = "") -> dict[str, Any]:
        """What the API is sent; `version` is VibeCode's, `notify` the handles of those who are told."""
        thresholds = {"critical": self.critical}
        if self.warning is not None:
            thresholds["warning"] = self.warning
        options: dict[str, Any] = {"thresholds": thresholds, "notify_no_data": False, "include_tags": True}
        if self.priority == 1:
            options["renotify_interval"] = REPEATED_EVERY
        return {
            "name": self.name,
            "type": "query alert",
            "query": self.query,
            "message": self._message(notify),
            "tags": self._tags(version),
            "priority": self.priority,
            "options": options,
        }

    def _message(self, notify: str) -> str:
        """With Datadog's own variables, which it fills in."""
        measured = "It is {{value}} on {{host.name}}; the limit is {{threshold}}."
        runbook = f"Runbook: `vibecode datadog runbook {self.id}`"
        return "\n\n".join(filter(None, [f"{self.meaning} {measured}", runbook, notify]))

    def _tags(self, version: str) -> list[str]:
        tags = {"env": ENV, "service": SERVICE, "version": version, "team": TEAM, "component": self.component}
        own = [MANAGED_TAG, f"{ID_KEY}:{self.id}"]
        return own + [f"{key}:{_tag_value(value)}" for key, value in tags.items()]


def _tag_value(value: str) -> str:
    """As Datadog itself would write it (https://docs.datadoghq.com/getting_started/tagging/)."""
    return re.sub(r"[^a-z0-9_:./-]", "_", value.lower())[:190]
