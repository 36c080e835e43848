"""New lines indented as the file is, where the model wrote its own way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Indentation:
    """How the model's indentation is written in the file; `unit` is one step of each, where that could be told."""

    known: Mapping[str, str]
    unit: tuple[str, str] | None

    def translate(self, line: str) -> str | None:
        """The line as the file would have it, or None where that cannot be told."""
        own = indent(line)
        if not line.strip() or own in self.known:
            return line if not line.strip() else self.known[own] + line[len(own) :]
        for shorter in sorted(self.known, key=len, reverse=True):
            if own.startswith(shorter):
                return self.known[shorter] + self._steps(own[len(shorter) :]) + line[len(own) :]
        for theirs, ours in self.known.items():
            if ours.endswith(theirs):
                return ours.removesuffix(theirs) + line
            if theirs.endswith(ours) and own.startswith(extra := theirs.removesuffix(ours)):
                return line.removeprefix(extra)
        return None

    def _steps(self, spaces: str) -> str:
        if self.unit is None:
            return spaces
        theirs, ours = self.unit
        count, rest = divmod(len(spaces), len(theirs))
        return ours * count + " " * rest if spaces == theirs * count + " " * rest else spaces


def indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def indentation(pairs: Iterable[tuple[str, str]], actual: Sequence[str], written: Sequence[str]) -> Indentation | None:
    """Learnt from pairs of a searched line and the file's own; None where they contradict each other.

    Where they tell no step, it is the one that the whole file and all that was written are indented by.
    """
    known: dict[str, str] = {}
    for theirs, ours in ((indent(a), indent(b)) for a, b in pairs if a.strip()):
        if known.setdefault(theirs, ours) != ours:
            return None
    steps = [
        (longer.removeprefix(shorter), known[longer].removeprefix(known[shorter]))
        for shorter in known
        for longer in known
        if len(shorter) < len(longer) and longer.startswith(shorter) and known[longer].startswith(known[shorter])
    ]
    unit = min(steps, key=lambda step: len(step[0]), default=None)
    if unit is None or not all(unit):
        theirs, ours = _step(written), _step(actual)
        unit = (theirs, ours) if theirs and ours and "\t" in theirs + ours and theirs != ours else None
    return Indentation(known or {"": ""}, unit)


def _step(lines: Sequence[str]) -> str:
    """One step of indentation: a tab, or as many spaces as the least indented line has; empty where it is mixed."""
    indents = {indent(line) for line in lines if line.strip()} - {""}
    if indents and all(one.startswith("\t") for one in indents):
        return "\t"
    return min(indents, key=len) if indents and all("\t" not in one for one in indents) else ""
