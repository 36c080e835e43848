"""What was asked is never asked again, wherever the program was stopped."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from templates.generation.errors import GenerationBusyError, JournalError
from templates.generation.journal import JournaledModel, begin, resume, unfinished
from templates.models.errors import StreamCutError
from templates.models.model import ChatMessage, Finished, TextDelta
from tests.fakes.chat_model import Answer, Line, ScriptedModel

HELLO = (ChatMessage("user", "Hello"),)
ROOT = Path(__file__).parents[4]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "generations"


async def ask(model: JournaledModel, *messages: ChatMessage) -> tuple[str, str]:
    """What was said, and why it ended."""
    text, reason = "", ""
    async for piece in model.answer(messages or HELLO):
        if isinstance(piece, TextDelta):
            text += piece.text
        else:
            reason = piece.reason
    return text, reason


@contextmanager
def again(folder: Path, *answers: Line) -> Generator[tuple[JournaledModel, ScriptedModel]]:
    """As the program would go on after it was stopped."""
    model = ScriptedModel(list(answers))
    journal = resume(unfinished(folder)[-1])
    yield JournaledModel(model, journal), model
    journal.close()


async def test_a_whole_answer_is_read_from_the_record(folder: Path) -> None:
    journal = begin(folder, "a shop")
    assert await ask(JournaledModel(ScriptedModel([Answer(["Hel", "lo"])]), journal)) == ("Hello", "stop")
    journal.close()

    with again(folder) as (model, asked):
        assert await ask(model) == ("Hello", "stop")
        assert asked.asked == []


async def test_another_question_is_asked(folder: Path) -> None:
    begin(folder, "a shop").close()
    with again(folder, "one", "two") as (model, asked):
        assert await ask(model) == ("one", "stop")
        assert await ask(model, ChatMessage("user", "More")) == ("two", "stop")
        assert len(asked.asked) == 2


async def test_the_same_question_twice_has_two_answers(folder: Path) -> None:
    journal = begin(folder, "a shop")
    model = JournaledModel(ScriptedModel(["one", "two"]), journal)
    await ask(model)
    await ask(model)
    journal.close()
    with again(folder) as (model, _):
        assert [await ask(model), await ask(model)] == [("one", "stop"), ("two", "stop")]


async def test_a_part_of_an_answer_counts_as_cut_off_and_is_not_asked_again(folder: Path) -> None:
    journal = begin(folder, "a shop")
    with pytest.raises(StreamCutError):
        await ask(JournaledModel(ScriptedModel([Answer(["Hel"], error=StreamCutError("gone"))]), journal))
    journal.close()

    with again(folder) as (model, asked):
        assert await ask(model) == ("Hel", "length")
        assert asked.asked == []


async def test_a_record_cut_at_any_byte_is_read_up_to_there_and_goes_on(folder: Path) -> None:
    journal = begin(folder, "a shop")
    await ask(JournaledModel(ScriptedModel([Answer(["Hel", "lö"])]), journal))
    journal.close()
    [file] = folder.iterdir()
    content = file.read_bytes()
    begins = content.index(b'{"asked"')
    for cut in range(begins, len(content)):
        file.write_bytes(content[:cut])
        with again(folder, "anew") as (model, asked):
            text, reason = await ask(model)
        assert (text, reason) in [("anew", "stop"), ("Hel", "length"), ("Hellö", "length"), ("Hellö", "stop")]
        assert bool(asked.asked) == (text == "anew")
        assert unfinished(folder)[0].prompt == "a shop"


KILLED = """
import asyncio, sys
from pathlib import Path
from templates.generation.journal import JournaledModel, begin
from templates.models.model import ChatMessage, TextDelta

class Endless:
    id, context = "m", None
    async def answer(self, messages, *, max_tokens=None):
        yield TextDelta("first")
        print("received", flush=True)
        await asyncio.Event().wait()

async def main():
    model = JournaledModel(Endless(), begin(Path(sys.argv[1]), "a shop"))
    async for _ in model.answer([ChatMessage("user", "Hello")]):
        pass

asyncio.run(main())
"""


def test_a_program_that_is_killed_loses_nothing_that_it_received(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "received\n"
        [begun] = unfinished(folder)
        with pytest.raises(GenerationBusyError):
            resume(begun)
        os.kill(program.pid, signal.SIGKILL)
    assert (begun.prompt, begun.name, begun.received) == ("a shop", "", 5)
    with again(folder) as (model, asked):
        assert asyncio.run(ask(model)) == ("first", "length")
        assert asked.asked == []


def test_marks_are_kept_and_the_name_is_shown(folder: Path) -> None:
    journal = begin(folder, "a shop")
    journal.mark("name", "shop")
    journal.mark("applied", "yes")
    journal.close()
    [begun] = unfinished(folder)
    assert begun.name == "shop"
    assert begun.as_dict()["name"] == "shop"
    journal = resume(begun)
    assert (journal.marked("applied"), journal.marked("other")) == ("yes", None)
    journal.remove()
    journal.close()
    assert unfinished(folder) == ()


def test_records_are_for_their_owner_alone(folder: Path) -> None:
    begin(folder, "a shop").close()
    [file] = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_is_no_record_is_passed_over(folder: Path) -> None:
    assert unfinished(folder) == ()
    folder.mkdir()
    (folder / "x.jsonl").write_bytes(b"\xff\n[1]\n{}\n")
    assert unfinished(folder) == ()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalError):
        begin(tmp_path / "file" / "x", "a shop")


def test_what_ends_an_answer_is_kept(folder: Path) -> None:
    journal = begin(folder, "x")
    journal.ask("k")
    journal.end("k", "filtered")
    journal.close()
    recorded = resume(unfinished(folder)[0]).recorded("k")
    assert recorded is not None
    assert recorded.reason == Finished("filtered").reason
