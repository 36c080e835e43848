"""A conversation in words: pure functions."""

from datetime import datetime

from textual.content import Content

from cluster.engine import Workspace
from screens.chat.talk import Talk
from screens.glyphs import GLYPHS
from screens.models.presenter import about, money
from screens.words import STATES, cut, ticking
from templates.chat.context import ChatContext
from templates.text import plain

SHOWN = 40
"""Lines of a command's output that are shown, once it has ended; while it runs, fewer."""
RUNNING = 10

EMPTY = Content("\n\n").join(
    [
        Content.styled("Ask for a change in your own words.", "bold"),
        Content(
            "The model is shown the project's files that matter, and proposes changes. You look at each, take it or "
            "leave it; only then something is written, and it can be undone."
        ),
        Content.styled("add an expiry date\nwhy do the tests fail?\n@README.md explain how to start it", "$muted"),
    ]
)
NOTHING = Content("\n\n").join(
    [
        Content.styled("There is no workspace to talk about", "bold"),
        Content("Make one from a template (2) or from a prompt (3); then ask for changes here."),
    ]
)


def workspace_line(workspace: Workspace, width: int) -> Content:
    glyph, colour, _ = STATES[workspace.state]
    return Content.assemble((f"{glyph} ", colour), cut(workspace.name, width - 2))


def instruction(text: str) -> Content:
    lines = [plain(line) for line in text.splitlines()]
    return Content.assemble((f"{GLYPHS.cursor} ", "$accent"), (f"\n{GLYPHS.cursor} ".join(lines), "bold"))


def context_title(context: ChatContext, talk: Talk) -> str:
    """What the model was shown, in one line."""
    count = f"{len(context.sent)} of {context.listed} files"
    return f"Shown to {plain(talk.model)}: {count}, about {context.tokens:,} tokens, {about(talk.estimate)}"


def context_words(context: ChatContext) -> Content:
    lines = [Content(plain(path)) for path in context.sent] or [Content("no file's content")]
    if context.withheld:
        names = ", ".join(map(plain, context.withheld[:8]))
        lines.append(Content.styled(f"Not shown, may hold secrets: {names}", "$warning"))
    if context.masked:
        lines.append(Content.styled(f"{context.masked} secrets in them are hidden from it", "$warning"))
    lines += [Content(title) for title in context.beside]
    return Content("\n").join(lines)


def outcome(talk: Talk, now: datetime) -> Content:
    """While something goes on, what and for how long; else what the turn proposes, what was written, what was run."""
    if (doing := talk.doing) is not None:
        elapsed = ticking((now - doing.since).total_seconds())
        stop = Content.assemble(("  esc", "$accent bold"), (" stops it", "$muted"))
        head = Content.assemble((f"{GLYPHS.starting} {doing.words}", "$warning"), (f"  {elapsed}", "$muted"), stop)
        return Content("\n").join([head, *_printed(talk.printed, RUNNING)])
    if talk.broken_off:
        return Content.styled(f"{GLYPHS.wrong} Broken off; nothing of it is written or kept.", "$muted")
    lines = [_changes(talk)] if talk.files or talk.proposal is not None else []
    for command in talk.commands:
        keys = Content.assemble(("  f5", "$accent bold"), (" runs it", "$muted"))
        lines.append(Content.assemble((f"{GLYPHS.waiting} It wants to run ", "$warning"), plain(command), keys))
    for ran in talk.ran:
        good = ran.exit_code == 0
        sign, colour = (GLYPHS.done, "$success") if good else (GLYPHS.wrong, "$error")
        lines.append(
            Content.assemble((f"{sign} ", colour), plain(ran.command), (f"  exit code {ran.exit_code}", "$muted"))
        )
        lines += _printed(ran.output, SHOWN)
    return Content("\n").join(line for line in lines if line)


def _changes(talk: Talk) -> Content:
    """What became of the turn's changes; empty where it has none."""
    names, proposal = ", ".join(map(plain, talk.files)), talk.proposal
    if talk.written is not None and talk.undone:
        return Content.assemble((f"{GLYPHS.stopped} Undone: ", "$muted"), names, ("  /redo makes it again", "$muted"))
    if talk.written is not None:
        return Content.assemble((f"{GLYPHS.done} Written: ", "$success"), names, ("  /undo takes it back", "$muted"))
    if proposal is None:
        return Content.styled(f"Proposed and not written: {names}", "$muted")
    if proposal.files:
        keys = Content.assemble(("  ctrl+r", "$accent bold"), (" reviews", "$muted"))
        words = f"{_counted(proposal.hunks, 'change')} in {_counted(len(proposal.files), 'file')}"
        return Content.assemble((f"{GLYPHS.waiting} Proposed: {words}; nothing is written yet.", "$warning"), keys)
    if proposal.failures:
        words = f"{GLYPHS.wrong} None of its changes fits the files; nothing is written."
        return Content.styled(words, "$error")
    return Content("")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"


def _printed(output: str, most: int) -> list[Content]:
    """The end of what a command prints."""
    lines = output.rstrip().splitlines()[-most:]
    return [Content.styled(f"  {plain(line)}", "$foreground 80%") for line in lines]


def status(model: str, talk: Talk | None) -> Content:
    """Under the field: the model, what the last turn cost, and the keys that are not in the bar."""
    cost = "" if talk is None or talk.cost == 0 else f"  {GLYPHS.separator}  {money(talk.cost)}"
    return Content.assemble((plain(model), "$accent"), (cost, "$muted"))
