"""What a model writes becomes files, or is refused by name."""

import pytest

from templates.errors import VibeCodeError
from templates.generation.draft import (
    Draft,
    FileCut,
    FileDone,
    FileEvent,
    FileGrew,
    FileRefused,
    FileRemoved,
    FileStarted,
    overlay,
)
from templates.generation.errors import GenerationTooLargeError, RepetitionError
from templates.generation.parser import Parser
from templates.limits import Limits
from templates.project import ProjectFile


def write(draft: Draft, answer: str) -> list[FileEvent]:
    parser = Parser()
    parts = [*parser.feed(answer), *parser.close()]
    return [event for part in parts for event in draft.take(part)]


def cut_short(draft: Draft, answer: str) -> list[FileEvent]:
    events = [event for part in Parser().feed(answer) for event in draft.take(part)]
    return [*events, *draft.cut()]


def file(path: str, content: str = "x\n") -> str:
    return f'<file path="{path}">\n{content}</file>\n'


def test_a_file_grows_until_it_is_whole() -> None:
    draft = Draft()
    events = write(draft, file("a/b.py", "one\ntwö\n"))

    assert events[0] == FileStarted("a/b.py")
    assert [event for event in events if isinstance(event, FileGrew)][-1].size == 8
    assert events[-1] == FileDone("a/b.py", 9)
    assert draft.files == {"a/b.py": "one\ntwö\n".encode()}


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "/etc/passwd", "a/../../b", "C:/x", "a\\b", "a//b", "", "a\x1b[2J", "a/" + "x" * 300,
     ".git/hooks/post-checkout", "sub/.GIT/config", ".vscode/tasks.json", ".devcontainer/devcontainer.json",
     "node_modules/x/index.js", "~/../x"],
)  # fmt: skip
def test_a_hostile_path_is_refused_and_the_rest_is_kept(path: str) -> None:
    draft = Draft()
    events = write(draft, file(path) + file("good.py"))

    assert set(draft.files) == {"good.py"}
    [refused] = [event for event in events if isinstance(event, FileRefused)]
    assert refused.path == path
    assert draft.refused == {path: refused.reason}


def test_a_path_from_here_is_the_same_path() -> None:
    draft = Draft()
    write(draft, file("./app/main.py"))
    assert set(draft.files) == {"app/main.py"}


def test_the_last_of_two_whole_files_counts() -> None:
    draft = Draft()
    write(draft, file("a", "old\n") + file("b") + file("a", "new\n"))
    assert draft.files["a"] == b"new\n"


def test_a_file_that_is_cut_does_not_replace_a_whole_one() -> None:
    draft = Draft()
    write(draft, file("a", "whole\n"))
    cut_short(draft, '<file path="a">\nhal')
    assert draft.files["a"] == b"whole\n"


def test_a_file_that_was_cut_goes_on_after_its_last_whole_line() -> None:
    draft = Draft()
    events = cut_short(draft, '<file path="a">\none\ntw')
    assert events[-1] == FileCut("a", 4)
    assert draft.cut_off == ("a", "one\n")
    assert draft.files == {}

    events = write(draft, '<continue path="a">\ntwo\n</file>\n')
    assert events[0] == FileStarted("a", goes_on=True)
    assert draft.files == {"a": b"one\ntwo\n"}
    assert draft.cut_off is None


def test_a_file_that_was_cut_can_begin_anew() -> None:
    draft = Draft()
    cut_short(draft, '<file path="a">\none\ntw')
    write(draft, file("a", "1\n"))
    assert draft.files == {"a": b"1\n"}
    assert draft.cut_off is None


def test_the_end_of_a_file_without_its_beginning_is_no_file() -> None:
    draft = Draft()
    write(draft, '<continue path="a">\ntwo\n</file>\n')
    assert draft.files == {}


def test_a_file_of_the_base_can_go() -> None:
    draft = Draft()
    assert FileRemoved("old.py") in write(draft, '<delete path="./old.py"/>\n')
    files, refused = overlay([ProjectFile("old.py", b""), ProjectFile("run.sh", b"", mode=0o755)], draft)
    assert [one.path for one in files] == ["run.sh"]
    assert refused == {}


def test_what_replaces_a_file_of_the_base_keeps_its_mode() -> None:
    draft = Draft()
    write(draft, file("run.sh", "new\n") + file("b.py"))
    files, _ = overlay([ProjectFile("run.sh", b"old\n", mode=0o755)], draft)
    assert files == (ProjectFile("b.py", b"x\n"), ProjectFile("run.sh", b"new\n", mode=0o755))


def test_names_that_collide_somewhere_are_refused_and_the_rest_is_kept() -> None:
    draft = Draft()
    write(draft, file("App/main.py") + file("app/other.py") + file("Readme.md") + file("readme.md") + file("x/y"))
    files, refused = overlay([], draft)
    assert [one.path for one in files] == ["App/main.py", "Readme.md", "x/y"]
    assert set(refused) == {"app/other.py", "readme.md"}


def failure(draft: Draft, answer: str) -> VibeCodeError:
    with pytest.raises(VibeCodeError) as caught:
        write(draft, answer)
    return caught.value


def test_ten_thousand_files_are_too_many() -> None:
    draft = Draft()
    error = failure(draft, "".join(file(f"src/f{number}.py") for number in range(10_000)))
    assert isinstance(error, GenerationTooLargeError)
    assert "vibecode chat" in error.hint
    assert len(draft.files) == 1000


def test_a_file_of_a_hundred_megabytes_is_not_taken_in() -> None:
    draft = Draft()
    parser = Parser()
    taken = 0
    piece = "x" * (1 << 20) + "\n"

    def feed() -> None:
        nonlocal taken
        for text in ['<file path="big.txt">\n', *[piece] * 100]:
            for part in parser.feed(text):
                list(draft.take(part))
            taken += len(text)

    with pytest.raises(GenerationTooLargeError, match=r"big\.txt"):
        feed()
    assert taken < 17 << 20


def test_all_files_together_have_a_limit() -> None:
    assert isinstance(
        failure(Draft(Limits(bytes=10)), file("a", "12345\n") + file("b", "12345\n")), GenerationTooLargeError
    )


def test_one_file_again_and_again_is_repetition() -> None:
    assert isinstance(failure(Draft(), file("a") * 4), RepetitionError)
