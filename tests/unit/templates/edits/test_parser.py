import time

import pytest

from templates.edits.edit import DeleteFile, Malformed, SearchReplace, WholeFile
from templates.edits.formats import EditFormat
from templates.edits.parser import AnswerParser, CommandProposed, EditBegun, EditEnded, EditLine, Piece, Prose

ANSWER = """\
I make it **faster**, in `src/app.py`:

src/app.py
```python
<<<<<<< SEARCH
def total():
    return 1
=======
def total():
    return 2
>>>>>>> REPLACE
```

And a second place:
<<<<<<< SEARCH
# Title
=======
# New title
>>>>>>> REPLACE

### `docs/read me.rst`
<<<<<<< SEARCH
Title
=======
=======
New
=======
>>>>>>> REPLACE
<<<<<<< DELETE old/thing.txt

```run
pip install x
pytest -q
```
An example, which is no edit:
```bash
rm -rf /
```
Done.
"""
EDITS = [
    SearchReplace("src/app.py", ("def total():", "    return 1", "=======", "def total():", "    return 2"), (2,)),
    SearchReplace("src/app.py", ("# Title", "=======", "# New title"), (1,)),
    SearchReplace("docs/read me.rst", ("Title", "=======", "=======", "New", "======="), (1, 2, 4)),
    DeleteFile("old/thing.txt"),
]


def parse(answer: str, style: EditFormat = "blocks", size: int | None = None) -> list[Piece]:
    parser = AnswerParser(style)
    pieces: list[Piece] = []
    for start in range(0, len(answer), size or len(answer) or 1):
        pieces += parser.feed(answer[start : start + (size or len(answer))])
    return [*pieces, *parser.end()]


def edits(pieces: list[Piece]) -> list[object]:
    return [one.edit for one in pieces if isinstance(one, EditEnded)]


def prose(pieces: list[Piece]) -> str:
    return "".join(one.text for one in pieces if isinstance(one, Prose))


@pytest.mark.parametrize("size", [None, 1, 2, 3, 5, 7, 11, 64])
def test_an_answer_in_pieces_of_any_size(size: int | None) -> None:
    pieces = parse(ANSWER, size=size)

    assert edits(pieces) == EDITS
    assert [one.command for one in pieces if isinstance(one, CommandProposed)] == ["pip install x\npytest -q"]
    told = prose(pieces)
    assert told.startswith("I make it **faster**, in `src/app.py`:\n")
    assert "SEARCH" not in told
    assert "return 2" not in told
    assert "An example, which is no edit:\n```bash\nrm -rf /\n```\nDone.\n" in told


def test_an_edit_is_told_line_by_line() -> None:
    pieces = parse("a.py\n<<<<<<< SEARCH\none\n=======\ntwo\n>>>>>>> REPLACE\n")

    assert pieces[0] == EditBegun("a.py")
    assert [one.text for one in pieces if isinstance(one, EditLine)] == ["one", "=======", "two"]


def test_prose_does_not_wait_for_the_end_of_its_line() -> None:
    parser = AnswerParser("blocks")

    assert [*parser.feed("I will")] == [Prose("I will")]
    assert [*parser.feed(" do it")] == [Prose(" do it")]
    assert [*parser.feed(" now.\nNext")] == [Prose(" now.\n")]


def test_the_path_may_stand_in_the_marker() -> None:
    answer = "<<<<<<< SEARCH a b.py\nx\n=======\ny\n>>>>>>> REPLACE\n"

    assert edits(parse(answer)) == [SearchReplace("a b.py", ("x", "=======", "y"), (1,))]


def test_whole_files_with_fences_of_their_own() -> None:
    answer = "Here:\n\n**README.md**:\n```markdown\n# Shop\n```sh\nmake\n```\nEnd\n```\n"
    answer += "\nDockerfile\n````\nFROM x\n```\n````\n"

    assert edits(parse(answer, "whole")) == [
        WholeFile("README.md", ("# Shop", "```sh", "make", "```", "End")),
        WholeFile("Dockerfile", ("FROM x", "```")),
    ]


def test_a_fence_below_a_path_is_an_excerpt_where_blocks_are_asked_for() -> None:
    answer = "src/app.py\n```python\nreturn 1\n```\n"

    assert edits(parse(answer)) == []
    assert prose(parse(answer)) == answer


def test_blocks_count_where_whole_files_are_asked_for() -> None:
    answer = "a.py\n```\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n```\n"

    assert edits(parse(answer, "whole")) == [SearchReplace("a.py", ("x", "=======", "y"), (1,))]


@pytest.mark.parametrize(
    ("answer", "style", "reason"),
    [
        ("a.py\n<<<<<<< SEARCH\nx\n", "blocks", "it ends in the middle of a block"),
        ("a.py\n<<<<<<< SEARCH\nx\n>>>>>>> REPLACE\n", "blocks", "a block has no line `=======`"),
        ("a.py\n```\nx\n", "whole", "it ends in the middle of the file"),
    ],
)
def test_what_is_cut_off_is_malformed(answer: str, style: EditFormat, reason: str) -> None:
    assert edits(parse(answer, style)) == [Malformed("a.py", reason)]


@pytest.mark.parametrize("cut", range(0, len(ANSWER), 7))
def test_an_answer_cut_off_anywhere_gives_the_edits_before_it(cut: int) -> None:
    parser = AnswerParser("blocks")
    found = edits([*parser.feed(ANSWER[:cut]), *parser.cut()])

    whole = [one for one in found if not isinstance(one, Malformed)]
    assert whole == EDITS[: len(whole)]
    assert len(found) - len(whole) <= 1


def test_prose_alone_is_prose() -> None:
    text = "I cannot do that.\n\nThen:\n\nsrc/app.py\nis fine."

    assert parse(text, size=4)[-1:] != []
    assert prose(parse(text, size=4)) == text


def test_the_time_grows_with_the_length_alone() -> None:
    """A line, and a block, of a MB each in pieces of four characters: what takes the square of it takes minutes."""
    parser = AnswerParser("blocks")
    begun = time.process_time()
    for piece in [*["abcd"] * 250_000, "\na.py\n<<<<<<< SEARCH\n", *["abcd"] * 250_000]:
        for _ in parser.feed(piece):
            pass

    assert edits([*parser.feed("\n=======\n>>>>>>> REPLACE\n"), *parser.end()]) != []
    assert time.process_time() - begun < 10
