"""A text as lines with their own ends, so that what is not touched stays byte for byte."""

from collections.abc import Iterable
from dataclasses import dataclass

BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Text:
    """Lines without their ends, and the ends: `\\n`, `\\r\\n`, or nothing for a last line without one."""

    lines: tuple[str, ...]
    ends: tuple[str, ...]
    bom: bool = False

    @property
    def newline(self) -> str:
        """The end that most lines have."""
        return "\r\n" if 2 * self.ends.count("\r\n") > len(self.ends) else "\n"

    @property
    def ended(self) -> bool:
        """Whether the last line has an end; so it is where there are no lines."""
        return not self.ends or self.ends[-1] != ""

    def joined(self) -> str:
        body = "".join(line + end for line, end in zip(self.lines, self.ends, strict=True))
        return BOM + body if self.bom else body

    def with_lines(self, start: int, stop: int, lines: Iterable[str]) -> "Text":
        """Lines from `start` to before `stop` replaced; new ones end as most do, and the last as the last one did."""
        fresh = tuple(lines)
        all_lines = (*self.lines[:start], *fresh, *self.lines[stop:])
        ends = [*self.ends[:start], *[self.newline] * len(fresh), *self.ends[stop:]]
        if ends:
            ends = [end or self.newline for end in ends]
            ends[-1] = (ends[-1] or self.newline) if self.ended else ""
        return Text(all_lines, tuple(ends), self.bom)


def split_text(text: str) -> Text:
    """Parts at line feeds only: a form feed or U+2028 is part of its line."""
    bom = text.startswith(BOM)
    parts = text.removeprefix(BOM).split("\n")
    last = parts.pop()
    lines = [part.removesuffix("\r") for part in parts]
    ends = ["\r\n" if part.endswith("\r") else "\n" for part in parts]
    if last:
        lines.append(last)
        ends.append("")
    return Text(tuple(lines), tuple(ends), bom)
