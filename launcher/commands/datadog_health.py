"""What arrives in Datadog, as `datadog status` tells it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from launcher.output.console import Console
from templates.text import age, plain

if TYPE_CHECKING:
    from cluster.datadog.health.parts import Part, Told
    from cluster.datadog.status import DatadogStatus

MOST = 5
"""Services, hosts and incidents that are named."""


def health_document(status: "DatadogStatus", parts: "Sequence[Part]") -> dict[str, object] | None:
    """By part; None where the keys cannot ask."""
    if not parts or status.site is None:
        return None
    return {one.name: one.as_dict(status.site.name) for one in parts}


def health_lines(console: Console, parts: "Sequence[Part]") -> Iterator[str]:
    from cluster.datadog.health.parts import PARTS

    for part in parts:
        title = PARTS[part.name].title
        if part.error is not None:
            yield f"{console.style('⚠', 'yellow')} {title}: {part.error.title}: {part.error.detail}"
            yield f"  {console.style('→', 'cyan')} {part.error.hint}"
        elif part.told is not None:
            quiet, words = _words(part.told)
            sign, style = ("•", "yellow") if quiet else ("✓", "green")
            yield f"{console.style(sign, style)} {title}: {words}."


def _words(told: "Told") -> tuple[bool, str]:
    """Whether somebody may want to look, and what was told."""
    from cluster.datadog.health.parts import Hosts, Incidents, Metrics, Volume

    match told:
        case Hosts():
            named = [f"{plain(one.name)} {age(one.reported)} ago" for one in told.hosts if one.up][:MOST]
            return not told.up, f"{told.up} of {told.total} reporting{_listed(named)}"
        case Metrics(last=None):
            return True, "none came within an hour"
        case Metrics(last=last):
            return False, f"the last came {age(last)} ago"
        case Volume():
            named = [f"{plain(service)} {count:,}" for service, count in told.services[:MOST]]
            return not told.services, f"{told.total:,} {told.unit} within an hour{_listed(named)}"
        case Incidents():
            named = [f"{plain(one.severity)} {plain(one.title)}" for one in told.newest[:MOST]]
            return bool(told.total), f"{told.total or 'none'} open{_listed(named)}"


def _listed(named: "Sequence[str]") -> str:
    return f" ({', '.join(named)})" if named else ""
