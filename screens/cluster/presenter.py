"""Engines as rows and as a detail: pure functions of what was seen of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from textual.content import Content

from cluster.engine import Activity, EngineState, Occurrence, Unit, UnitState
from screens.glyphs import GLYPHS
from screens.store import EngineView
from screens.widgets.error_panel import error_words
from screens.words import cut, hanging, keys, marked
from templates.text import age, plain

STATES: dict[EngineState, tuple[str, str, str]] = {
    "absent": (GLYPHS.stopped, "$muted", "not made yet"),
    "stopped": (GLYPHS.stopped, "$muted", "stopped"),
    "starting": (GLYPHS.starting, "$warning", "starting"),
    "running": (GLYPHS.running, "$success", "running"),
    "unreachable": (GLYPHS.failed, "$error", "does not answer"),
}
LOOKING = (GLYPHS.starting, "$muted", "looking")
LOST = (GLYPHS.failed, "$error", "out of reach")
UNITS: dict[UnitState, tuple[str, str]] = {
    "running": (GLYPHS.running, "$success"),
    "starting": (GLYPHS.starting, "$warning"),
    "ending": (GLYPHS.stopped, "$muted"),
    "failed": (GLYPHS.failed, "$error"),
}
PARTS = {
    "node": "Node",
    "kubernetes": "Kubernetes",
    "ingress": "Way in",
    "proxy": "Way in",
    "traefik": "Traefik",
    "code-server": "Editor",
    "storage": "Storage",
    "host": "Host",
    "limits": "Limits",
}
"""The titles of the parts that engines tell of."""
LACKS = {
    "network-isolation": "Isolation",
    "autoscaling": "Autoscaling",
    "datadog-cluster-agent": "Datadog",
}
"""What an engine may lack, in a word."""
LABEL = 13
"""Columns of a label."""
HAPPENED = 12
"""How many of the things that happened are shown."""
NAME = 14
"""Columns of a workspace's name at most, beside what runs or happened."""
LEFT = {
    "kind": "Everything runs in one Docker container of this machine. The first time takes about 3 minutes.",
    "local": "Workspaces are processes of yours, without a container. The first time takes about a minute.",
    "context": "Workspaces live in a cluster that is there already.",
}
"""What an engine is, for somebody who has not begun with it."""


def state(view: EngineView) -> tuple[str, str, str]:
    """An engine's sign, colour and word."""
    if view.error is not None:
        return LOST
    return STATES[view.status.state] if view.status else LOOKING


def row(view: EngineView, width: int) -> Content:
    """An engine in the list."""
    glyph, colour, word = state(view)
    count = len(view.workspaces)
    right = f"{count} workspace{'' if count == 1 else 's'}" if count else ""
    name = Content.assemble((f"{glyph} ", colour), (f"{view.name:<8}", "bold"), (word, "$muted"))
    return Content.assemble(name, " " * max(1, width - name.cell_length - len(right)), (right, "$muted"))


def detail(view: EngineView, reason: str, lacks: Mapping[str, str], width: int, now: datetime) -> Content:
    """All that is known of one engine; `reason` is why new workspaces go there, empty where they do not."""
    glyph, colour, word = state(view)
    blocks = [Content.assemble((view.name, "bold"), "\n", (f"{glyph} {word}", colour))]
    if reason:
        blocks[0] = Content.assemble(blocks[0], (f"  new workspaces go here: {plain(reason)}", "$muted"))
    if view.error is not None:
        blocks.append(lost(view, now) if view.stale else error_words(view.error))
    elif words := _next(view):
        blocks.append(words)
    status = view.status
    if status is not None and status.parts:
        parts = [(PARTS.get(part, part.capitalize()), plain(words)) for part, words in status.parts.items()]
        blocks.append(hanging(parts, width, "$muted" if view.stale else "", LABEL))
    if lacks:
        title = Content.styled(f"What {view.name} cannot do", "$muted")
        rows = [(LACKS.get(what, what), plain(why)) for what, why in lacks.items()]
        blocks.append(Content.assemble(title, "\n", hanging(rows, width, "$muted 70%", LABEL)))
    return Content("\n\n").join(blocks)


def lost(view: EngineView, now: datetime) -> Content:
    """That it is out of reach, how old what is shown is, and what can be done beside waiting."""
    assert view.error is not None
    return Content.assemble(
        (f"{GLYPHS.failed} ", "$error"),
        ("The connection is lost. ", "bold"),
        (f"What is shown is {age(view.seen, now)} old; it is tried again by itself.", "$muted"),
        "\n",
        (plain(view.error.detail), "$muted"),
        "\n\n",
        keys((("u", "starts or repairs it"), ("r", "lets the doctor look"))),
    )


def _next(view: EngineView) -> Content | None:
    """What can be done in a state in which it does not run."""
    status = view.status
    if status is None or status.state == "running":
        return None
    told = Content.styled(plain(status.detail), "$muted")
    match status.state:
        case "absent":
            return Content.assemble(LEFT[view.name], "\n\n", keys((("u", "makes it"),)))
        case "stopped":
            return Content.assemble("Nothing in it is lost.", "\n\n", keys((("u", "starts it"),)))
        case "starting":
            return Content.assemble("It answers soon.\n", told)
        case _:
            return Content.assemble(marked(status.detail), "\n\n", keys((("u", "repairs it"), ("r", "examines"))))


def activity(seen: Activity, width: int, now: datetime, *, stale: bool) -> Content:
    """What runs, and what happened, the newest first."""
    column = min(NAME, max((len(_whose(one)) for one in (*seen.units, *seen.occurrences)), default=0))
    runs = [_unit(unit, column, width, now, stale=stale) for unit in seen.units]
    runs = runs or [Content.styled("Nothing.", "$muted")]
    latest = sorted(seen.occurrences, key=lambda one: one.time, reverse=True)[:HAPPENED]
    happened = [_occurrence(one, column, width, now) for one in latest] or [Content.styled("Nothing lately.", "$muted")]
    return Content("\n").join(
        [
            Content.styled("Running", "bold"),
            *runs,
            Content(""),
            Content.styled("What happened", "bold"),
            *happened,
        ]
    )


def _unit(unit: Unit, column: int, width: int, now: datetime, *, stale: bool) -> Content:
    """Its sign, its workspace, what it does, and its age; then, smaller, the engine's own name for it."""
    glyph, colour = UNITS[unit.state]
    again = f", started again {times(unit.restarts)}" if unit.restarts else ""
    return Content.assemble(
        (f"{glyph} ", "$muted" if stale else colour),
        f"{cut(_whose(unit), column):<{column}}  ",
        _twice(plain(unit.words), again, f"{unit.kind} {unit.name}", width - column - 10),
        (f"  {age(unit.since, now):>4}", "$muted"),
    )


def _occurrence(one: Occurrence, column: int, width: int, now: datetime) -> Content:
    sign = (GLYPHS.failed, "$warning") if one.warning else (GLYPHS.waiting, "$muted")
    often = f", {times(one.count)}" if one.count > 1 else ""
    what = f"{one.reason}: {one.message}" if one.warning and one.message != one.words else f"{one.kind} {one.name}"
    return Content.assemble(
        (f"{sign[0]} ", sign[1]),
        f"{cut(_whose(one), column):<{column}}  ",
        _twice(plain(one.words), often, plain(what), width - column - 10),
        (f"  {age(one.time, now):>4}", "$muted"),
    )


def times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _whose(one: Unit | Occurrence) -> str:
    return one.workspace or "the engine"


def _twice(words: str, often: str, own: str, width: int) -> Content:
    """The plain words and how often, and as much of the engine's own as there is room for, exactly this wide."""
    words = cut(cut(words, max(12, width - len(often))) + often, width)
    rest = width - len(words) - 2
    more = f"  {cut(own, rest)}" if rest >= 12 else ""
    return Content.assemble((words, "$foreground 80%"), (more, "$muted 70%"), " " * (width - len(words) - len(more)))


def removal(view: EngineView) -> tuple[str, str]:
    """The question before an engine is removed, and all that would be lost."""
    what = "the cluster of kind" if view.name == "kind" else f"everything of {view.name}"
    names = [one.name for one in view.workspaces]
    if view.error is not None or (view.status is not None and view.status.state in ("stopped", "unreachable")):
        known = f" At least: {_listed(names)}." if names else ""
        return f"Remove {what}?", f"All workspaces in it are lost with all files; not all can be seen now.{known}"
    if not names:
        return f"Remove {what}?", "There are no workspaces in it, and it can be made again."
    count = f"{len(names)} workspace{'' if len(names) == 1 else 's'}"
    return (
        f"Remove {what} and {count}?",
        f"{_listed(names)}.\nAll files in {'it' if len(names) == 1 else 'them'} are lost. This cannot be taken back.",
    )


def _listed(names: Sequence[str], most: int = 12) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
