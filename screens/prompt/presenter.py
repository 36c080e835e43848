"""A prompt, its plan and its files in words and colours: pure functions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from textual.content import Content

from screens.glyphs import GLYPHS
from screens.models.presenter import about, money
from screens.progress.presenter import STEPS
from screens.prompt.files import FileState
from screens.templates.presenter import Node
from screens.waterfall import StepRecord, Waterfall
from screens.words import cut, hanging, pairs, ticking
from templates.text import age, plain

if TYPE_CHECKING:
    from cluster.consent import Consent
    from screens.prompt.work import Making
    from templates.generation.journal import Begun
    from templates.generation.plan import Plan

FILES: dict[FileState, tuple[str, str]] = {
    "planned": (GLYPHS.waiting, "$muted"),
    "writing": (GLYPHS.starting, "$warning"),
    "done": (GLYPHS.done, "$success"),
    "removed": (GLYPHS.stopped, "$muted"),
    "refused": (GLYPHS.wrong, "$error"),
    "missing": (GLYPHS.wrong, "$warning"),
}
LABEL = 11


def asking_words(model: str, cost: Decimal | None) -> Content:
    """Under the field: who is asked, and for how much."""
    return Content.assemble(
        (plain(model), "$accent"), (f"  plan: {about(cost)}; it tells what the rest costs", "$muted")
    )


def begun_line(begun: "Begun", width: int, now: datetime) -> Content:
    """A generation that was interrupted."""
    when = f"{age(begun.at, now)} ago"
    room = width - len(when) - 2
    return Content.assemble(f"{cut(plain(' '.join(begun.prompt.split())), room):<{room}}", "  ", (when, "$muted"))


def arriving(making: "Making", now: datetime) -> Content:
    """The plan while it arrives: as the model writes it."""
    lines = [plain(line) for line in making.answer.splitlines()]
    doing = plain(making.waiting) or f"{plain(making.model) or 'The model'} plans"
    elapsed = ticking((now - making.asked).total_seconds())
    head = Content.assemble((f"{GLYPHS.starting} {doing}", "$warning"), (f"  {elapsed}", "$muted"))
    return Content("\n").join([head, Content(""), *(_field(line) for line in lines)])


def _field(line: str) -> Content:
    label, colon, value = line.partition(":")
    if colon and label.isupper():
        return Content.assemble((f"{label.capitalize():<{LABEL}}", "$muted"), value.strip())
    return Content(f"{'':<{LABEL}}{line.strip()}" if line.lstrip().startswith("-") else line)


def plan_words(plan: "Plan", width: int) -> Content:
    """The plan to be agreed on: what it is, its commands, its files."""
    rows = [
        ("Stack", plan.stack or plan.language),
        ("From", f"the template {plan.base}" if plan.base else "an empty folder"),
        ("Port", ", ".join(map(str, plan.ports))),
    ]
    commands = [("Install", plan.install), ("Run", plan.run), ("Test", plan.test)]
    named = [(label, Content(plain(value))) for label, value in rows if value]
    named += [(label, Content.styled(plain(value), "$accent")) for label, value in commands if value]
    longest = min(max((len(one.path) for one in plan.files), default=0), max(12, width // 2))
    files = [
        Content.assemble(
            f"{cut(plain(one.path), longest):<{longest}}",
            (f"  {cut(plain(one.purpose), max(0, width - longest - 2))}", "$muted"),
        )
        for one in plan.files
    ]
    parts = [
        Content.styled(plain(plan.title), "bold"),
        Content(plain(plan.summary)),
        Content(""),
        pairs(named, LABEL),
        Content(""),
        Content.styled(f"{len(plan.files)} files", "$muted"),
        *files,
    ]
    return Content("\n").join(parts)


def offer(making: "Making") -> Content:
    """Who writes the plan's files, and for how much."""
    count = len(making.plan.files) if making.plan else 0
    return Content.assemble(
        (plain(making.model), "$accent"),
        f" writes {count} files, {about(making.estimate)}",
        (f"; the plan cost {money(making.cost)}" if making.cost else "", "$muted"),
        (".", ""),
    )


def file_line(node: Node, states: Mapping[str, FileState], width: int) -> Content:
    """A line of the tree, with what becomes of the file."""
    indent = "  " * node.depth
    name = plain(node.path.rpartition("/")[2])
    if node.folder:
        return Content.styled(f"{indent}  {cut(name, max(1, width - len(indent) - 3))}/", "$muted")
    state = states.get(node.path, "planned")
    glyph, colour = FILES[state]
    style = {"writing": "bold", "planned": "$muted"}.get(state, "")
    return Content.assemble(indent, (f"{glyph} ", colour), (cut(name, max(1, width - len(indent) - 2)), style))


def output_lines(output: Sequence[str], notes: Sequence[str]) -> list[Content]:
    """What commands print, and before it what was left out."""
    said = [Content.styled(plain(line), "$warning") for line in notes]
    return [*said, *(Content.styled(plain(line), "$foreground 80%") for line in output)]


def status(making: "Making") -> Content:
    """Which model; below it, how far it is and what it cost until now, and what is waited for."""
    done, total = len(making.files.of("done")), len(making.files.states)
    far = [f"{done} of {total} files"] if total else []
    cost = [] if making.cost == 0 else [money(making.cost)]
    lines = [Content.styled(plain(making.model), "$accent")]
    lines += [Content.styled(f"  {GLYPHS.separator}  ".join((*far, *cost)), "$muted")] if far or cost else []
    lines += [Content.styled(plain(making.waiting), "$warning")] if making.waiting else []
    return Content("\n").join(lines)


def verdict(making: "Making") -> Content:
    """Whether it works, said plainly."""
    name = making.name
    match making.verified:
        case True:
            return Content.assemble((f"{GLYPHS.done} It works: ", "$success bold"), "all of its commands succeed.")
        case False:
            words = f"not all of its commands succeed. Chat (4) goes on with {name}."
            return Content.assemble((f"{GLYPHS.wrong} It does not work yet: ", "$warning bold"), words)
        case None:
            words = "nothing of it was run."
            return Content.assemble((f"{GLYPHS.unknown} Whether it works is not known: ", "$muted bold"), words)


def consent_words(consent: "Consent", width: int) -> Content:
    """The commands that are asked for, each as it is, and why."""
    rows = [Content.styled(f"    {plain(command)}", "$accent") for command in consent.commands]
    why = hanging([("", plain(consent.reason))], width, label=0)
    asked = Content.styled(f"{plain(consent.whose)} Run them as you?", "bold")
    return Content("\n").join([why, *rows, asked])


def step_lines(waterfall: Waterfall, width: int, now: datetime) -> Content:
    """The steps in short; how long each took is in Progress."""
    return Content("\n").join([_step(step, width, now) for step in waterfall.steps])


def _step(step: StepRecord, width: int, now: datetime) -> Content:
    glyph, colour = STEPS[step.state]
    time = ticking(step.elapsed(now)) if step.state == "running" else ""
    room = width - 2 - (len(time) + 2 if time else 0)
    style = "" if step.state in ("running", "failed") else "$foreground 80%"
    return Content.assemble(
        (f"{glyph} ", colour), (f"{cut(step.title, room):<{room}}", style), (f"  {time}" if time else "", "$muted")
    )
