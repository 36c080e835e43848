"""A conversation in words: pure functions."""

from textual.content import Content

from cluster.engine import Workspace
from screens.chat.session import Talk
from screens.glyphs import GLYPHS
from screens.models.presenter import about, money
from screens.words import STATES, cut
from templates.chat.context import ChatContext
from templates.text import plain

SHOWN = 40
"""Lines of a command's output that are shown."""

EMPTY = Content("\n").join(
    [
        Content.styled("Ask for a change in your own words.", "bold"),
        Content(""),
        Content("The model is shown the project's files that matter, and proposes changes. You look at each, take it"),
        Content("or leave it; only then something is written, and it can be undone."),
        Content(""),
        Content.styled("add an expiry date    why do the tests fail?    @README.md explain how to start it", "$muted"),
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
    return Content("\n").join(lines)


def outcome(talk: Talk, doing: str) -> Content:
    """What the turn proposes, what was written, what was run; while it lasts, what is being done."""
    if doing:
        return Content.styled(f"{GLYPHS.starting} {doing}", "$warning")
    lines: list[Content] = []
    count = len(talk.files or (talk.proposal.files if talk.proposal else ()))
    files = f"{count} file{'s' if count != 1 else ''}"
    if talk.written is not None:
        names = ", ".join(map(plain, talk.files))
        lines.append(
            Content.assemble((f"{GLYPHS.done} Written: ", "$success"), names, ("  /undo takes it back", "$muted"))
        )
    elif talk.proposal is not None and talk.proposal.files:
        changes = f"{talk.proposal.hunks} change{'s' if talk.proposal.hunks != 1 else ''} in {files}"
        keys = Content.assemble(("  ctrl+r", "$accent bold"), (" reviews", "$muted"))
        lines.append(
            Content.assemble((f"{GLYPHS.waiting} Proposed: {changes}; nothing is written yet.", "$warning"), keys)
        )
    elif talk.proposal is not None and talk.proposal.failures:
        lines.append(
            Content.styled(f"{GLYPHS.wrong} None of its changes fits the files; nothing is written.", "$error")
        )
    elif talk.files:
        lines.append(Content.styled(f"Proposed and not written: {', '.join(map(plain, talk.files))}", "$muted"))
    for command in talk.commands:
        keys = Content.assemble(("  f5", "$accent bold"), (" runs it", "$muted"))
        lines.append(Content.assemble((f"{GLYPHS.waiting} It wants to run ", "$warning"), plain(command), keys))
    for ran in talk.ran:
        good = ran.exit_code == 0
        sign, colour = (GLYPHS.done, "$success") if good else (GLYPHS.wrong, "$error")
        lines.append(
            Content.assemble((f"{sign} ", colour), plain(ran.command), (f"  exit code {ran.exit_code}", "$muted"))
        )
        printed = ran.output.rstrip().splitlines()[-SHOWN:]
        lines += [Content.styled(f"  {plain(line)}", "$foreground 80%") for line in printed]
    return Content("\n").join(lines)


def status(model: str, talk: Talk | None) -> Content:
    """Under the field: the model, what the last turn cost, and the keys that are not in the bar."""
    cost = "" if talk is None or talk.cost == 0 else f"  {GLYPHS.separator}  {money(talk.cost)}"
    return Content.assemble((plain(model), "$accent"), (cost, "$muted"))
