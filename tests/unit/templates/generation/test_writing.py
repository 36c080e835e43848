"""Files from a model that is cut off, forgets, refuses, repeats itself or means harm."""

import re
from collections.abc import Sequence

import pytest

from templates.errors import VibeCodeError
from templates.generation.draft import Draft, FileCut, FileDone, FileEvent, FileMissing, FileRefused
from templates.generation.errors import GenerationError, GenerationTooLargeError, RepetitionError
from templates.generation.writing import REMINDERS, write_files
from templates.models.errors import BudgetReachedError, ModeratedError, StreamCutError
from templates.models.model import ChatMessage
from tests.fakes.chat_model import Answer, Line, ScriptedModel

ASK = (ChatMessage("user", "write"),)

MAIN = '"""Hi."""\n\nimport fastapi\n\napp = fastapi.FastAPI()\n\n\n@app.get("/")\ndef hi():\n    return {"x": 1}\n'
README = "# Täst 😀\n\n```sh\nuv run x\n```\n"
ANSWER = (
    f'Here.\n\n<file path="app/main.py">\n{MAIN}</file>\n\n<file path="README.md">\n{README}</file>\n'
    '<file path="empty.py">\n</file>\nDone.\n'
)
FILES = {"app/main.py": MAIN.encode(), "README.md": README.encode(), "empty.py": b""}


async def write(
    draft: Draft, *answers: Line, wanted: Sequence[str] = tuple(FILES)
) -> tuple[ScriptedModel, list[FileEvent]]:
    model = ScriptedModel(list(answers))
    events = [event async for event in write_files(model, ASK, wanted, draft)]
    return model, events


async def failure(*answers: Line, wanted: Sequence[str] = tuple(FILES)) -> tuple[ScriptedModel, VibeCodeError]:
    model = ScriptedModel(list(answers))
    with pytest.raises(VibeCodeError) as caught:
        [event async for event in write_files(model, ASK, wanted, Draft())]
    assert model.closed == len(model.asked)
    return model, caught.value


async def test_one_answer_is_all_that_is_asked_for() -> None:
    draft = Draft()
    model, events = await write(draft, ANSWER)

    assert draft.files == FILES
    assert len(model.asked) == 1
    assert [event.path for event in events if isinstance(event, FileDone)] == list(FILES)


def goes_on(messages: Sequence[ChatMessage]) -> str:
    """What a model that follows its instructions says after a cut."""
    asked = messages[-1].content
    arrived = "".join(message.content for message in messages if message.role == "assistant")
    rest = ANSWER[len(arrived) :]
    assert ANSWER.startswith(arrived)
    named = re.search(r'<continue path="(.*?)">', asked)
    return f'<continue path="{named[1]}">\n{rest}' if named else rest


@pytest.mark.parametrize("ends", ["length", "network"])
async def test_an_answer_cut_at_any_character_goes_on_where_it_stopped(ends: str) -> None:
    for cut in range(len(ANSWER)):
        error = StreamCutError("gone") if ends == "network" else None
        first = Answer([ANSWER[:cut]], reason="length", error=error)
        draft = Draft()
        whole_line = "\n" in ANSWER[:cut]
        model, _ = await write(draft, first, goes_on if whole_line else ANSWER)
        assert draft.files == FILES, cut
        assert len(model.asked) == 2


async def test_a_fence_around_a_file_that_was_cut_ends_with_it() -> None:
    draft = Draft()
    first = Answer(['<file path="a.py">\n```python\nx = 1\n'], reason="length")
    await write(draft, first, '<continue path="a.py">\ny = 2\n```\n</file>\n', wanted=["a.py"])
    assert draft.files == {"a.py": b"x = 1\ny = 2\n"}


async def test_it_goes_on_as_often_as_it_gets_further() -> None:
    draft = Draft()
    cuts = [Answer([ANSWER[:40]], reason="length")]

    def some_more(messages: Sequence[ChatMessage]) -> Answer:
        return Answer([goes_on(messages)[:80]], reason="length")

    def rest(messages: Sequence[ChatMessage]) -> str:
        arrived = [message.content for message in messages if message.role == "assistant"]
        assert len(arrived) == 2
        return '<file path="app/main.py">\n' + ANSWER.partition('<file path="app/main.py">\n')[2]

    _, events = await write(draft, *cuts, some_more, rest)
    assert draft.files == FILES
    assert [event.path for event in events if isinstance(event, FileCut)] == ["app/main.py"] * 2


async def test_an_answer_that_never_gets_anywhere_is_given_up() -> None:
    model, error = await failure(*[Answer(["Her"], error=StreamCutError("gone"))] * 9)
    assert isinstance(error, StreamCutError)
    assert len(model.asked) == 3


async def test_a_missing_file_is_asked_for_again_alone() -> None:
    draft = Draft()
    without = ANSWER.replace(f'<file path="README.md">\n{README}</file>\n', "")
    model, _ = await write(draft, without, f'<file path="README.md">\n{README}</file>\n')

    assert draft.files == FILES
    asked = model.asked[1][-1].content
    assert "README.md" in asked
    assert "app/main.py" not in asked


async def test_a_file_that_is_never_written_is_told() -> None:
    draft = Draft()
    model, events = await write(draft, ANSWER, *["I think it is not needed."] * REMINDERS, wanted=[*FILES, "more.py"])
    assert draft.files == FILES
    assert events[-1] == FileMissing("more.py")
    assert len(model.asked) == 1 + REMINDERS


async def test_prose_alone_is_no_project() -> None:
    model, error = await failure(*["A fine idea! First, one would…\n"] * (REMINDERS + 1))
    assert type(error) is GenerationError
    assert "A fine idea!" in error.detail
    assert len(model.asked) == REMINDERS + 1


async def test_a_refusal_is_told_and_not_argued_with() -> None:
    model, error = await failure(Answer(["I cannot help with that."], reason="filtered"))
    assert isinstance(error, ModeratedError)
    assert "I cannot help with that" in error.detail
    assert len(model.asked) == 1


async def test_a_file_without_end_is_stopped_and_asked_for_once_more() -> None:
    draft = Draft()
    endless = Answer(['<file path="a.py">\nx\n</file>\n<file path="b.py">\n', *["print('again')\n"] * 10_000])
    model, _ = await write(draft, endless, '<file path="b.py">\ny\n</file>\n', wanted=["a.py", "b.py"])
    assert draft.files == {"a.py": b"x\n", "b.py": b"y\n"}
    assert len(model.asked[1][-2].content) < 3000


async def test_repetition_without_end_is_given_up() -> None:
    model, error = await failure(*[Answer(["again and "] * 10_000)] * 3)
    assert isinstance(error, RepetitionError)
    assert len(model.asked) == 2


async def test_the_same_file_again_and_again_is_given_up() -> None:
    _, error = await failure(*[Answer(['<file path="a.py">\nx\n</file>\n'] * 100)] * 3)
    assert isinstance(error, RepetitionError)


async def test_hostile_paths_are_refused_and_not_asked_for_again() -> None:
    draft = Draft()
    hostile = '<file path="../../etc/passwd">\nroot\n</file>\n<file path="/etc/cron.d/x">\nx\n</file>\n'
    model, events = await write(draft, hostile + ANSWER, wanted=[*FILES, "../../etc/passwd"])
    assert draft.files == FILES
    assert [event.path for event in events if isinstance(event, FileRefused)] == ["../../etc/passwd", "/etc/cron.d/x"]
    assert len(model.asked) == 1


async def test_ten_thousand_files_stop_the_stream() -> None:
    files = [f'<file path="f{number}.py">\nx{number}\n</file>\n' for number in range(10_000)]
    _, error = await failure(Answer(files))
    assert isinstance(error, GenerationTooLargeError)


async def test_a_budget_that_is_reached_ends_it() -> None:
    model, error = await failure(Answer([ANSWER[:100]], error=BudgetReachedError("one day")))
    assert isinstance(error, BudgetReachedError)
    assert len(model.asked) == 1


async def test_files_in_another_order_and_twice_are_no_trouble() -> None:
    draft = Draft()
    twice = ANSWER + '<file path="README.md">\nnew\n</file>\n'
    await write(draft, twice, wanted=list(reversed(FILES)))
    assert draft.files == {**FILES, "README.md": b"new\n"}


async def test_closing_early_closes_the_answer() -> None:
    model = ScriptedModel([ANSWER])
    writing = write_files(model, ASK, list(FILES), Draft())
    await anext(writing)
    await writing.aclose()
    assert model.closed == 1
