"""Workspaces as a table for people."""

from collections.abc import Sequence

from cluster.engine import Workspace
from launcher.output.console import Console
from launcher.output.text import columns
from templates.services import SERVICES
from templates.text import DASH, age, plain

_STYLES = {"running": "green", "creating": "yellow", "stopped": "dim", "failed": "red", "unknown": "red"}


def workspace_lines(console: Console, workspaces: Sequence[Workspace]) -> list[str]:
    """A header and one line each; the colour is put on last, since it has no width."""
    rows = [(one.name, one.state, age(one.created), one.template or DASH, _where(one)) for one in workspaces]
    header, *lines = columns(("NAME", "STATE", "AGE", "TEMPLATE", "ADDRESS"), rows)
    coloured = [
        line.replace(f" {one.state} ", f" {console.style(one.state, _STYLES[one.state])} ", 1)
        for one, line in zip(workspaces, lines, strict=True)
    ]
    return [console.style(header, "bold"), *coloured]


def _where(workspace: Workspace) -> str:
    words = [] if workspace.state in ("running", "creating") or not workspace.reason else [workspace.reason]
    words += [
        f"{SERVICES[one.name].title} {one.state}" + (f": {one.reason}" if one.reason else "")
        for one in workspace.services
        if one.state == "failed"
    ]
    return f"{workspace.url}  ({plain('; '.join(words))})" if words else workspace.url
