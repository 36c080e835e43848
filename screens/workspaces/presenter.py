"""Workspaces as rows and as a detail: pure functions of what was seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from cluster.engine import ServiceStatus, Usage, Workspace
from screens.glyphs import GLYPHS
from screens.jobs import Job
from screens.store import EngineView, Snapshot
from screens.words import SERVICE_STATES, STATES, ago, cpu_words, cut, keys, memory_words, pairs, sparkline
from templates.services import SERVICES
from templates.text import DASH, age, plain

GAP = 2
"""Columns between two columns."""


@dataclass(frozen=True, slots=True)
class Row:
    """One workspace with what is known beside its record: what it took, and the work under way for it."""

    workspace: Workspace
    usage: tuple[Usage, ...] = ()
    job: Job | None = None
    stale: bool = False

    @property
    def now(self) -> Usage:
        """What it takes now, where it runs and that is known."""
        return self.usage[-1] if self.usage and self.workspace.state == "running" else Usage()


@dataclass(frozen=True, slots=True)
class Column:
    """`width` 0 takes the room that the others leave; `least` is the list's width from which on it is shown."""

    title: str
    width: int
    cell: Callable[[Row, datetime], tuple[str, str]]
    right: bool = False
    least: int = 0


def _state(row: Row, _: datetime) -> tuple[str, str]:
    if row.job is not None:
        return row.job.task.title.split(" ", 1)[0].lower(), "$warning"
    colour, word = STATES[row.workspace.state][1:]
    return word, "$muted" if row.workspace.state in ("stopped", "unknown") else colour


COLUMNS = (
    Column("Name", 0, lambda row, _: (row.workspace.name, "bold")),
    Column("State", 10, _state),
    Column("Template", 16, lambda row, _: (row.workspace.template or DASH, "$muted"), least=60),
    Column("Engine", 6, lambda row, _: (row.workspace.engine, "$muted"), least=100),
    Column("CPU", 5, lambda row, _: (cpu_words(row.now.cpu), ""), right=True),
    Column("Memory", 8, lambda row, _: (memory_words(row.now.memory), ""), right=True, least=48),
    Column("Idle", 4, lambda row, now: (age(row.workspace.idle_since, now), "$muted"), right=True, least=80),
    Column("Age", 4, lambda row, now: (age(row.workspace.created, now), "$muted"), right=True, least=76),
)


def columns_for(width: int) -> tuple[tuple[Column, int], ...]:
    """The columns that a list of this width has room for, each with its width."""
    columns = [column for column in COLUMNS if width >= column.least]
    taken = 2 + sum(column.width + GAP for column in columns) - GAP
    return tuple((column, column.width or max(8, width - taken)) for column in columns)


def header(width: int) -> Content:
    cells = [
        f"{cut(column.title, size):>{size}}" if column.right else f"{cut(column.title, size):<{size}}"
        for column, size in columns_for(width)
    ]
    return Content.styled("  " + (" " * GAP).join(cells), "$muted")


def line(row: Row, width: int, now: datetime) -> Content:
    """One row, exactly as wide as its header."""
    glyph, colour = (GLYPHS.starting, "$warning") if row.job else STATES[row.workspace.state][:2]
    parts: list[Content] = [Content.styled(f"{glyph} ", "$muted" if row.stale else colour)]
    for number, (column, size) in enumerate(columns_for(width)):
        text, style = column.cell(row, now)
        text = cut(text, size)
        padded = f"{text:>{size}}" if column.right else f"{text:<{size}}"
        parts.append(Content((" " * GAP) if number else ""))
        parts.append(Content.styled(padded, "$muted" if row.stale else style))
    return Content("").join(parts)


def matching(workspaces: Sequence[Workspace], words: str) -> tuple[Workspace, ...]:
    """Those whose name, template, state or engine has each of the words."""
    wanted = words.lower().split()

    def text(one: Workspace) -> str:
        return f"{one.name} {one.template or ''} {STATES[one.state][2]} {one.engine}".lower()

    return tuple(one for one in workspaces if all(word in text(one) for word in wanted))


def detail(row: Row, now: datetime) -> Content:
    """All that is known of one workspace; what is not known says so."""
    one = row.workspace
    glyph, colour, word = STATES[one.state]
    if row.job is not None:
        glyph, colour, word = GLYPHS.starting, "$warning", row.job.task.title
    blocks = [
        Content.assemble(
            (one.name, "bold"),
            "\n",
            (f"{glyph} {word}", "$muted" if row.stale else colour),
            (f"  on {one.engine}{', when last seen' if row.stale else ''}", "$muted"),
        ),
    ]
    if one.reason and one.state != "running":
        blocks.append(Content(plain(one.reason)))
    if (next_keys := _NEXT.get(one.state)) and row.job is None:
        blocks.append(keys(next_keys))
    addresses = [("Editor", one.url), *((f"Port {port}", url) for port, url in sorted(one.ports.items()))]
    blocks.extend(Content.assemble((label, "$muted"), "\n", (url, "$accent")) for label, url in addresses)
    if one.state == "running":
        blocks.append(_usage(row))
    blocks.extend(_service(service) for service in one.services)
    blocks.append(
        pairs(
            [
                ("Template", one.template or "none"),
                ("Made", ago(one.created, now)),
                ("Idle", _idle(one, now)),
            ]
        )
    )
    return Content("\n\n").join(blocks)


def _service(service: ServiceStatus) -> Content:
    """How a service beside it is; why, and how one learns more, where it does not run."""
    glyph, colour, word = SERVICE_STATES[service.state]
    line = Content.assemble((f"{SERVICES[service.name].title}  ", "$muted"), (f"{glyph} {word}", colour))
    if service.reason:
        line = Content.assemble(line, "\n", plain(service.reason))
    if service.state == "failed":
        line = Content.assemble(line, "\n", keys((("7", "shows its log, below the workspace's"),)))
    return line


_NEXT: dict[str, tuple[tuple[str, str], ...]] = {
    "stopped": (("s", "starts it; its files are all there"),),
    "creating": (("5", "shows how far it is"),),
    "failed": (("l", "shows its log"), ("s", "tries again")),
}
"""What helps in a state in which it cannot be opened."""


def _usage(row: Row) -> Content:
    if not row.usage:
        return pairs([("CPU", Content.styled("unknown", "$muted")), ("Memory", Content.styled("unknown", "$muted"))])
    cpu = sparkline([usage.cpu for usage in row.usage], 20, 1000)
    sizes = [usage.memory for usage in row.usage]
    memory = sparkline(sizes, 20, 1.3 * max(size or 0 for size in sizes))
    return pairs(
        [
            ("CPU", Content.assemble(f"{cpu_words(row.now.cpu):>9}  ", (cpu, "$accent"))),
            ("Memory", Content.assemble(f"{memory_words(row.now.memory):>9}  ", (memory, "$accent"))),
        ]
    )


def _idle(one: Workspace, now: datetime) -> str:
    if one.state != "running":
        return DASH
    return "unknown" if one.idle_since is None else f"no browser for {age(one.idle_since, now)}"


def summary(rows: Sequence[Row], total: int, marked: int) -> str:
    """The line above the list."""
    running = sum(row.workspace.state == "running" for row in rows)
    shown = f"{len(rows)} of {total}" if len(rows) != total else f"{total}"
    words = f"{shown} {'workspace' if total == 1 else 'workspaces'}, {running} running"
    return f"{words}, {marked} selected" if marked else words


def stale_words(snapshot: Snapshot, now: datetime) -> Content | None:
    """That something shown may be out of date, since when, and that it heals by itself; None where all is fresh."""
    lost = [engine for engine in snapshot.engines if engine.stale]
    if not lost:
        return None
    engine = lost[0]
    assert engine.error is not None
    return Content.assemble(
        (f"{GLYPHS.failed} ", "$error"),
        (f"The connection to {engine.name} is lost. ", "bold"),
        (f"What is shown of it is {age(engine.seen, now)} old; it is tried again by itself.", "$muted"),
        "\n  ",
        (plain(f"{engine.error.title}: {engine.error.hint}"), "$muted"),
    )


def welcome(snapshot: Snapshot) -> Content:
    """What an empty list says: one sentence, one key, and what then happens on this machine."""
    first = not any(_made(engine) for engine in snapshot.engines)
    head = "Welcome to VibeCode" if first else "No workspaces yet"
    blocks = [
        Content.styled(head, "bold"),
        Content("Pick a template and get a real VS Code in your browser, with the project open and ready to run."),
        Content.assemble("Press ", (" n ", "$background on $accent bold"), " to pick a template."),
    ]
    if first and snapshot.chosen is not None:
        blocks.append(Content.styled("Nothing has been done to this machine. When you make the first one:", "$muted"))
        blocks.append(
            pairs([*_FIRST_RUN[snapshot.chosen], ("Engine", f"{snapshot.chosen}, since {plain(snapshot.reason)}")], 9)
        )
        blocks.append(Content.styled("Everything can be taken away again in Cluster (6).", "$muted"))
    return Content("\n\n").join(blocks)


_FIRST_RUN: dict[str, tuple[tuple[str, str], ...]] = {
    "kind": (
        ("Where", "a small Kubernetes in one Docker container"),
        ("Disk", "about 2.5 GB, for the container and two images"),
        ("Ports", "80 and 443 of 127.0.0.1, or 8080 and 8443 if those are taken"),
        ("Time", "about 3 minutes and the downloads, once; then 10 seconds each"),
    ),
    "local": (
        ("Where", "processes of yours, without a container"),
        ("Disk", "about 700 MB, for code-server, unless it is there already"),
        ("Ports", "one free port of 127.0.0.1"),
        ("Time", "about a minute and the download, once; then a few seconds each"),
    ),
}


def _made(engine: EngineView) -> bool:
    return bool(engine.workspaces) or (engine.status is not None and engine.status.state in ("running", "stopped"))
