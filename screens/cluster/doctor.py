"""The doctor as a checklist: what was looked at, what is amiss, and the line that mends it."""

from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from cluster.doctor.check import Check, Diagnosis, Level
from screens.glyphs import GLYPHS
from screens.widgets.error_panel import error_words
from screens.words import cut, keys, marked, ticking
from templates.errors import VibeCodeError
from templates.text import age, plain

LEVELS: dict[Level, tuple[str, str, str]] = {
    "ok": (GLYPHS.done, "$success", "well"),
    "warning": ("!", "$warning", "may get in the way"),
    "failed": (GLYPHS.wrong, "$error", "must be mended"),
}
FIX, UP = "vibecode doctor --fix", "vibecode up"
"""The lines of a hint that a key does here."""


@dataclass(frozen=True, slots=True)
class Examination:
    """The last diagnosis and when it was made; `began` is when one that is under way did."""

    diagnosis: Diagnosis | None = None
    at: datetime | None = None
    began: datetime | None = None
    error: VibeCodeError | None = None

    @property
    def checks(self) -> tuple[Check, ...]:
        return self.diagnosis.checks if self.diagnosis else ()

    def check(self, check_id: str) -> Check | None:
        return next((check for check in self.checks if check.id == check_id), None)


def lines_of(check: Check) -> tuple[str, ...]:
    """The lines that its hint names, in their order."""
    return tuple(check.hint.split("`")[1::2])


def counts(examination: Examination) -> tuple[int, int]:
    """How many checks failed, and how many warn."""
    levels = [check.level for check in examination.checks]
    return levels.count("failed"), levels.count("warning")


def head(examination: Examination, width: int, now: datetime) -> Content:
    """The doctor's own row, above the checks."""
    failed, warnings = counts(examination)
    if examination.began is not None:
        glyph, colour = GLYPHS.starting, "$warning"
        right = f"looking  {ticking((now - examination.began).total_seconds()):>3}"
    elif examination.error is not None:
        glyph, colour, right = GLYPHS.wrong, "$error", "could not look"
    elif examination.diagnosis is None:
        glyph, colour, right = GLYPHS.waiting, "$muted", "has not looked"
    else:
        glyph, colour, _ = LEVELS["failed" if failed else "warning" if warnings else "ok"]
        right = (
            f"{failed} to mend"
            if failed
            else f"{warnings} warning{'s' if warnings > 1 else ''}"
            if warnings
            else "all is well"
        )
    left = Content.assemble((f"{glyph} ", colour), ("Doctor", "bold"))
    return Content.assemble(left, " " * max(1, width - left.cell_length - len(right)), (right, "$muted"))


def row(check: Check, width: int) -> Content:
    glyph, colour, _ = LEVELS[check.level]
    return Content.assemble(
        "  ", (f"{glyph} ", colour), (cut(check.title, width - 4), "" if check.level != "ok" else "$muted")
    )


def summary(examination: Examination, now: datetime) -> Content:
    """What the doctor found, in a few lines."""
    blocks = [Content.styled("Doctor", "bold")]
    if examination.began is not None:
        seconds = (now - examination.began).total_seconds()
        blocks.append(
            Content.assemble(
                (f"{GLYPHS.starting} ", "$warning"),
                "Looking at Docker, kind, ports, memory, disk and the names of this machine. ",
                (f"{ticking(seconds)} of at most 15s", "$muted"),
            )
        )
    if examination.error is not None:
        blocks.append(error_words(examination.error))
    if examination.diagnosis is not None:
        failed, warnings = counts(examination)
        verdict = f"{failed} of {len(examination.checks)} must be mended before a cluster can run."
        if not failed:
            verdict = "Nothing stands in the way of a cluster."
        blocks.append(Content.assemble(verdict, (f"  Looked at {age(examination.at, now)} ago.", "$muted")))
        if warnings:
            noun = "thing" if warnings == 1 else "things"
            blocks.append(Content.styled(f"{warnings} {noun} may get in the way later.", "$muted"))
        blocks += [_amiss(check) for check in examination.checks if check.level != "ok"]
    if examination.began is None:
        mends = (("f", "mends what it safely can"),) if fixable(examination) else ()
        blocks.append(keys((("r", "looks again"), *mends)))
    return Content("\n\n").join(blocks)


def _amiss(check: Check) -> Content:
    glyph, colour, _ = LEVELS[check.level]
    return Content.assemble(
        (f"{glyph} ", colour),
        (check.title, "bold"),
        "\n",
        marked(plain(check.detail)),
        "\n",
        (f"{GLYPHS.arrow} ", "$accent"),
        marked(plain(check.hint)),
    )


def detail(check: Check) -> Content:
    """One check: what was found, and what mends it."""
    glyph, colour, word = LEVELS[check.level]
    blocks = [
        Content.assemble((check.title, "bold"), "\n", (f"{glyph} {word}", colour)),
        marked(plain(check.detail)),
    ]
    if check.hint:
        blocks.append(Content.assemble((f"{GLYPHS.arrow} ", "$accent"), marked(plain(check.hint))))
    lines = lines_of(check)
    offered = [("f", "mends it")] if FIX in lines else [("u", "does that here")] if UP in lines else []
    if lines:
        offered.append(("c", "copies the line"))
    blocks.append(keys((*offered, ("r", "looks again"))))
    return Content("\n\n").join(blocks)


def fixable(examination: Examination) -> bool:
    """Whether the doctor itself can mend something that it found."""
    return any(FIX in lines_of(check) for check in examination.checks if not check.ok)
