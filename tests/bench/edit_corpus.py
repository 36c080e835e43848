"""Edits as models write them, for files as they are: what should become of each is known beforehand.

Each kind of drift is made of every source and edit by changing the file, or what the model says of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from templates.edits.formats import EditFormat
from tests.bench.edit_sources import SOURCES, Source


@dataclass(frozen=True)
class Case:
    """A file, a model's answer, and the file as it should be; None where the only right answer is to refuse."""

    kind: str
    path: str
    text: str | None
    answer: str
    expected: str | None
    style: EditFormat = "blocks"


@dataclass(frozen=True)
class Exact:
    """The file, the searched and the new lines, and the file as it should be, before anything drifts."""

    source: Source
    text: str
    old: str
    new: str
    expected: str


Kind = Callable[[Exact], tuple[Exact, ...]]


def cases() -> Iterator[Case]:
    for source in SOURCES:
        for old, new in source.edits:
            assert source.text.count(old) == 1, (source.path, old)
            exact = Exact(source, source.text, old, new, source.text.replace(old, new))
            for kind in (*PLACED, *REFUSED):
                for one in kind(exact):
                    expected = one.expected if kind in PLACED else None
                    yield Case(kind.__name__, source.path, one.text, block(source.path, one.old, one.new), expected)
            yield from whole(exact)
            yield from new_file(exact)


def block(path: str, old: str, new: str) -> str:
    return f"I change it.\n\n{path}\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n"


def exact(one: Exact) -> tuple[Exact, ...]:
    return (one,)


def trailing_whitespace(one: Exact) -> tuple[Exact, ...]:
    drifted = "".join(f"{line}{'  ' * (index % 2)}\n" for index, line in enumerate(one.old.split("\n")[:-1]))
    kept = {line.rstrip(): line for line in drifted.split("\n")}
    new = "".join(f"{kept.get(line, line)}\n" for line in one.new.split("\n")[:-1])
    return (replace(one, old=drifted, new=new),)


def blank_lines_around(one: Exact) -> tuple[Exact, ...]:
    return (replace(one, old=f"\n{one.old}\n", new=f"\n{one.new}\n"),)


def dedented(one: Exact) -> tuple[Exact, ...]:
    """As models do that think of the lines alone."""
    indents = [len(line) - len(line.lstrip()) for line in one.old.split("\n") if line.strip()]
    cut = min(indents) or 0
    if cut == 0:  # shifted the other way
        return (replace(one, old=_each(one.old, "    "), new=_each(one.new, "    ")),)
    return (replace(one, old=_cut(one.old, cut), new=_cut(one.new, cut)),)


def tabs_for_spaces(one: Exact) -> tuple[Exact, ...]:
    """The file has tabs, the model writes four spaces."""
    width = 2 if one.source.path.endswith((".ts", ".rb", ".html", ".css", ".yaml")) else 4

    def tabbed(text: str) -> str:
        lines = text.split("\n")
        return "\n".join(
            "\t" * (_leading(line) // width) + " " * (_leading(line) % width) + line.lstrip(" ") for line in lines
        )

    if "\t" in one.text:
        return (replace(one, old=one.old.replace("\t", "    "), new=one.new.replace("\t", "    ")),)
    return (replace(one, text=tabbed(one.text), expected=tabbed(one.expected)),)


def interior_spaces(one: Exact) -> tuple[Exact, ...]:
    def loosened(line: str) -> str:
        head = line[: _leading(line)]
        return head + line[_leading(line) :].replace(" = ", "=").replace(", ", ",").replace(": ", ":").replace(
            "(", "( "
        )

    same = set(one.old.split("\n")) & set(one.new.split("\n"))
    old = "\n".join(loosened(line) for line in one.old.split("\n"))
    new = "\n".join(loosened(line) if line in same else line for line in one.new.split("\n"))
    return (replace(one, old=old, new=new),)


def windows_line_ends(one: Exact) -> tuple[Exact, ...]:
    return (replace(one, text=one.text.replace("\n", "\r\n"), expected=one.expected.replace("\n", "\r\n")),)


def no_final_newline(one: Exact) -> tuple[Exact, ...]:
    head = one.text[: one.text.index(one.old) + len(one.old)]
    at_end = replace(one, text=head.rstrip("\n"), expected=head.replace(one.old, one.new).rstrip("\n"))
    return (at_end, replace(one, text=one.text.rstrip("\n"), expected=one.expected.rstrip("\n")))


def moved(one: Exact) -> tuple[Exact, ...]:
    """The lines are elsewhere in the file by now."""
    rest = one.text.replace(one.old, "")
    return (
        replace(one, text=rest + one.old, expected=rest + one.new),
        replace(one, text=one.old + rest, expected=one.new + rest),
    )


def duplicated_inside(one: Exact) -> tuple[Exact, ...]:
    """Some of the searched lines are there twice, all of them once."""
    lines = one.old.split("\n")
    copy = "\n".join(lines[1:-2]) + "\n"
    return (replace(one, text=one.text + copy, expected=one.expected + copy),)


def unicode_lines(one: Exact) -> tuple[Exact, ...]:
    before, after = one.source.comment
    first = one.old.split("\n")[0]
    note = f"{' ' * _leading(first)}{before}Größe → naïve 東京 🎉 é\u2028x{after}\n"
    old, new = note + one.old, note + one.new
    text, expected = one.text.replace(one.old, old), one.expected.replace(one.new, new)
    return (replace(one, text=text, old=old, new=new, expected=expected),)


def near_a_very_long_line(one: Exact) -> tuple[Exact, ...]:
    before, after = one.source.comment
    line = f"{before}{'data-' * 40_000}{after}\n"
    return (replace(one, text=line + one.text + line, expected=line + one.expected + line),)


def within_a_very_long_line(one: Exact) -> tuple[Exact, ...]:
    words = "".join(f'"key{number}":{number},' for number in range(5000))
    text = f"{one.source.comment[0]}{words}{one.source.comment[1]}\n{one.text}"
    changed = text.replace('"key77":77,', '"key77":"seven",')
    return (replace(one, text=text, old='"key77":77,\n', new='"key77":"seven",\n', expected=changed),)


def elided(one: Exact) -> tuple[Exact, ...]:
    """The model leaves out what stays the same between the first line and the change."""
    old, new = one.old.split("\n")[:-1], one.new.split("\n")[:-1]
    same = 0
    while old[same] == new[same]:
        same += 1
    if same < 3:
        return ()
    gap = f"{one.source.comment[0]}... existing code ...{one.source.comment[1]}"
    return (
        replace(
            one, old="\n".join([old[0], gap, *old[same - 1 :], ""]), new="\n".join([new[0], gap, *new[same - 1 :], ""])
        ),
    )


def comment_edited_meanwhile(one: Exact) -> tuple[Exact, ...]:
    """The person has changed a line that the edit only has as its surroundings."""
    old, new = one.old.split("\n")[:-1], one.new.split("\n")[:-1]
    if old[0] != new[0] or len(old) < 5 or old[0].count(" ") < 1:
        return ()
    other = old[0] + f"  {one.source.comment[0]}ok{one.source.comment[1]}"
    text, expected = one.text.replace(one.old, one.old.replace(old[0], other, 1)), one.expected
    expected = expected.replace(one.new, one.new.replace(new[0], other, 1))
    return (replace(one, text=text, expected=expected),)


def repeated_block(one: Exact) -> tuple[Exact, ...]:
    """The model gives the same block twice."""
    again = block(one.source.path, one.old, one.new)
    return (
        replace(
            one, new=f"{one.new}>>>>>>> REPLACE\n\nAnd again:\n\n{again.removesuffix('>>>>>>> REPLACE' + chr(10))}"
        ),
    )


PLACED: tuple[Kind, ...] = (
    exact,
    trailing_whitespace,
    blank_lines_around,
    dedented,
    tabs_for_spaces,
    interior_spaces,
    windows_line_ends,
    no_final_newline,
    moved,
    duplicated_inside,
    unicode_lines,
    near_a_very_long_line,
    within_a_very_long_line,
    elided,
    comment_edited_meanwhile,
    repeated_block,
)


def duplicated(one: Exact) -> tuple[Exact, ...]:
    return (
        replace(one, text=one.text + one.old),
        replace(one, text=one.text + _each(one.old, "  "), old=_cut(one.old, 1)),
    )


def gone(one: Exact) -> tuple[Exact, ...]:
    return (replace(one, text=one.text.replace(one.old, "")),)


def changed_meanwhile(one: Exact) -> tuple[Exact, ...]:
    """What the edit replaces is not what it was: to go on would undo what the person did."""
    old, new = one.old.split("\n")[:-1], set(one.new.split("\n"))
    target = next((line for line in old if line.strip() and line not in new), None)
    if target is None:
        return ()
    return (replace(one, text=one.text.replace(target, target[: _leading(target)] + "something_else(entirely)", 1)),)


def elided_in_the_new_lines(one: Exact) -> tuple[Exact, ...]:
    gap = f"{one.source.comment[0]}... rest unchanged ...{one.source.comment[1]}"
    return (replace(one, new=f"{one.new.split(chr(10))[0]}\n{gap}\n"),)


REFUSED: tuple[Kind, ...] = (duplicated, gone, changed_meanwhile, elided_in_the_new_lines)


def whole(one: Exact) -> Iterator[Case]:
    path, fence = one.source.path, "```"
    answer = f"Here it is.\n\n**{path}**\n{fence}\n{one.expected}{fence}\nDone.\n"
    yield Case("whole_file", path, one.text, answer, one.expected, "whole")
    windows = one.text.replace("\n", "\r\n")
    yield Case("whole_file_windows", path, windows, answer, one.expected.replace("\n", "\r\n"), "whole")
    gap = f"{one.source.comment[0]}... existing code ...{one.source.comment[1]}"
    yield Case("whole_file_elided", path, one.text, f"{path}\n{fence}\n{one.new}{gap}\n{fence}\n", None, "whole")


def new_file(one: Exact) -> Iterator[Case]:
    path = f"new/{one.source.path}"
    yield Case("new_file", path, None, block(path, "", one.new), one.new)
    yield Case("absent_file", path, None, block(path, one.old, one.new), None)


def _leading(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _each(text: str, prefix: str) -> str:
    return "".join(f"{prefix}{line}\n" if line else "\n" for line in text.split("\n")[:-1])


def _cut(text: str, count: int) -> str:
    return "".join(f"{line[min(count, len(line) - len(line.lstrip())) :]}\n" for line in text.split("\n")[:-1])
