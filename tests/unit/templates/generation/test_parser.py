"""The format in which files arrive, however it is cut into pieces."""

import pytest

from templates.generation.parser import LONGEST_TAG, Closed, Opened, Parser, Part, Removed, Text

ANSWER = """Here it is:

<file path="app/main.py">
print("hello")
if a < b:
    print('</file>')
</file>

<file path='README.md'>
# Title

```sh
run
```
</file>
<delete path="old.py"/>
<file path="empty.txt">
</file>
<file path="page.html">
```html
<p>
  <file>
</p>
```
</file>
That is all.
"""

FILES = {
    "app/main.py": "print(\"hello\")\nif a < b:\n    print('</file>')\n",
    "README.md": "# Title\n\n```sh\nrun\n```\n",
    "empty.txt": "",
    "page.html": "<p>\n  <file>\n</p>\n",
}


def parse(*pieces: str) -> tuple[dict[str, str], list[Part]]:
    """The files, and the parts with texts that follow each other joined."""
    parser = Parser()
    parts = [part for piece in pieces for part in parser.feed(piece)] + list(parser.close())
    files: dict[str, str] = {}
    joined: list[Part] = []
    path = ""
    for part in parts:
        if isinstance(part, Opened):
            path = part.path
            files[path] = ""
        if isinstance(part, Text):
            files[path] += part.text
            if joined and isinstance(joined[-1], Text):
                joined[-1] = Text(joined[-1].text + part.text)
                continue
        joined.append(part)
    return files, joined


def pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def test_files_are_what_stands_between_their_tags() -> None:
    files, parts = parse(ANSWER)
    assert files == FILES
    assert Removed("old.py") in parts


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 11, 64])
def test_pieces_of_any_size_give_the_same(size: int) -> None:
    assert parse(*pieces(ANSWER, size)) == parse(ANSWER)


def test_an_answer_split_anywhere_gives_the_same() -> None:
    whole = parse(ANSWER)
    for cut in range(len(ANSWER)):
        assert parse(ANSWER[:cut], ANSWER[cut:]) == whole, cut


def test_windows_line_ends_are_kept_and_tags_are_still_tags() -> None:
    assert parse(ANSWER.replace("\n", "\r\n"))[0]["app/main.py"] == FILES["app/main.py"].replace("\n", "\r\n")


def test_text_is_passed_on_before_its_line_has_ended() -> None:
    parser = Parser()
    list(parser.feed('<file path="a">\n'))
    assert list(parser.feed("x = ")) == [Text("x = ")]
    assert list(parser.feed("</file>")) == [Text("</file>")]  # in the middle of a line it is no tag
    assert list(parser.feed("\n<")) == [Text("\n")]
    assert list(parser.feed("/file>\n")) == [Closed()]


@pytest.mark.parametrize(
    ("answer", "files"),
    [
        ('<file path="a">\nx\n<file path="b">\ny\n</file>\n', {"a": "x\n", "b": "y\n"}),
        ('<file path="a">\nx', {"a": "x"}),
        ('<file path="a"/>\n', {"a": ""}),
        ('  <file path = "a" >  \nx\n</file>  \n', {"a": "x\n"}),
        ('<file path="a">\n```\nx\n```\n\n</file>\n', {"a": "x\n"}),
        ('<file path="a">\n```\nx\n```\ny\n```\n</file>\n', {"a": "x\n```\ny\n"}),
        ('<file path="a">\nx\n```\n</file>\n', {"a": "x\n```\n"}),
        ("I would rather talk about it.\n```python\nx\n```\n", {}),
        ("<file>\nx\n</file>\n", {}),
        ("", {}),
    ],
)
def test_what_models_make_of_the_format(answer: str, files: dict[str, str]) -> None:
    assert parse(answer)[0] == files
    assert parse(*answer)[0] == files


def test_a_file_that_goes_on_says_so() -> None:
    assert parse('<continue path="a">\nx\n</continue>\n')[1] == [Opened("a", goes_on=True), Text("x\n"), Closed()]


def test_what_is_said_outside_of_files_is_kept_in_part() -> None:
    parser = Parser()
    list(parser.feed("I cannot help with that.\n" + "x" * 10_000))
    assert parser.talk.startswith("I cannot help with that.\n")
    assert len(parser.talk) == 400


def test_a_line_without_end_is_passed_on_and_not_kept() -> None:
    parser = Parser()
    list(parser.feed('<file path="a">\n'))
    passed = sum(len(part.text) for _ in range(1000) for part in parser.feed("<" * 1000) if isinstance(part, Text))
    assert passed == 1_000_000
    assert parse("<file path='" + "x" * LONGEST_TAG + "'>\n")[0] == {}
