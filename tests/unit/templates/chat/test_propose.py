from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path

import pytest

from cluster.errors import WorkspaceNotFoundError, WorkspaceStoppedError
from cluster.files import EngineFiles
from templates.chat.errors import AnswerRepeatsError, AnswerWithheldError
from templates.chat.journal import apply_turn
from templates.chat.proposal import Proposal, Review
from templates.chat.propose import AskedAgain, ChatEvent, ContextReady, Exchange, Proposed, propose
from templates.edits.formats import EditFormat
from templates.edits.parser import Prose
from templates.errors import FilesConflictError
from templates.workspace_files import Write
from tests.fakes.engine import FakeEngine
from tests.fakes.scripted_model import ScriptedModel
from tests.unit.templates.chat.conftest import APP

EDIT = """\
I add a tax.

src/app.py
<<<<<<< SEARCH
def total(items):
    return sum(items)
=======
def total(items, tax=0):
    return sum(items) * (1 + tax)
>>>>>>> REPLACE
"""
NEW_FILE = "docs/tax.md\n<<<<<<< SEARCH\n=======\n# Tax\n>>>>>>> REPLACE\n"
TAXED = APP.replace("total(items):", "total(items, tax=0):").replace("sum(items)\n", "sum(items) * (1 + tax)\n")


async def events(
    files: EngineFiles,
    model: ScriptedModel,
    instruction: str = "add a tax",
    style: EditFormat = "blocks",
    history: Sequence[Exchange] = (),
) -> list[ChatEvent]:
    return [one async for one in propose(files, model, instruction, style=style, history=history)]


def proposal(told: list[ChatEvent]) -> Proposal:
    assert isinstance(told[-1], Proposed)
    return told[-1].proposal


async def test_an_answer_becomes_a_proposal_and_nothing_is_written(files: EngineFiles, folder: Path) -> None:
    told = await events(files, ScriptedModel(EDIT + NEW_FILE + "```run\npytest -q\n```\n"))

    found = proposal(told)
    assert [(file.path, file.kind, len(file.hunks)) for file in found.files] == [
        ("docs/tax.md", "added", 1),
        ("src/app.py", "changed", 1),
    ]
    assert found.commands == ("pytest -q",)
    assert (found.placed, found.misplaced, found.failures) == (2, 0, ())
    assert "".join(one.text for one in told if isinstance(one, Prose)).startswith("I add a tax.\n")
    assert (folder / "src/app.py").read_text() == APP
    assert not (folder / "docs").exists()


async def test_what_is_accepted_is_written(files: EngineFiles, folder: Path) -> None:
    found = proposal(await events(files, ScriptedModel(EDIT + NEW_FILE)))

    review = Review.none(found).take("src/app.py", 0)
    assert review.places() == (("src/app.py", 1),)
    await apply_turn(files, review.changes(), found.instruction)

    assert (folder / "src/app.py").read_text() == TAXED
    assert not (folder / "docs").exists()


async def test_the_model_is_shown_the_project_and_not_its_secrets(files: EngineFiles) -> None:
    model = ScriptedModel("Nothing to do.")
    told = await events(files, model)

    context = told[0]
    assert isinstance(context, ContextReady)
    assert set(context.context.sent) == {"README.md", "src/app.py", "bin/run"}
    assert context.context.withheld == (".env",)
    text = "".join(message.content for message in model.asked[0])
    assert APP in text
    assert "do-not-show-me" not in text
    assert ".env" in text


async def test_a_secret_in_a_file_is_masked_and_kept_by_edits(files: EngineFiles, folder: Path) -> None:
    key = "sk-live-0123456789abcdefghij"
    (folder / "config.py").write_text(f'KEY = "{key}"\nURL = "x"\n')
    model = ScriptedModel(
        'config.py\n<<<<<<< SEARCH\nKEY = "__SECRET_1__"\nURL = "x"\n=======\n'
        'KEY = "__SECRET_1__"\nURL = "y"\n>>>>>>> REPLACE\n'
    )
    told = await events(files, model)

    assert key not in "".join(message.content for message in model.asked[0])
    found = proposal(told)
    assert key not in found.answer
    changes = Review.all(found).changes()
    assert [one.content.decode() for one in changes if isinstance(one, Write)] == [f'KEY = "{key}"\nURL = "y"\n']


async def test_what_does_not_fit_goes_back_once_with_the_actual_lines(files: EngineFiles) -> None:
    wrong = EDIT.replace("return sum(items)\n", "return add(all of it)\n", 1)
    model = ScriptedModel(wrong + NEW_FILE, EDIT)
    told = await events(files, model)

    again = [one for one in told if isinstance(one, AskedAgain)]
    assert [failure.path for one in again for failure in one.failures] == ["src/app.py"]
    complaint = model.asked[1][-1].content
    assert "return sum(items)" in complaint
    assert "tax.md" not in complaint
    found = proposal(told)
    assert [file.path for file in found.files] == ["docs/tax.md", "src/app.py"]
    assert (found.placed, found.misplaced, found.failures) == (1, 1, ())


async def test_what_does_not_fit_twice_is_told(files: EngineFiles) -> None:
    wrong = EDIT.replace("return sum(items)\n", "return add(all of it)\n", 1)
    found = proposal(await events(files, ScriptedModel(wrong, wrong)))

    assert found.files == ()
    assert [one.path for one in found.failures] == ["src/app.py"]


async def test_what_is_not_given_again_stays_told(files: EngineFiles) -> None:
    wrong = EDIT.replace("return sum(items)\n", "return add(all of it)\n", 1)
    found = proposal(await events(files, ScriptedModel(wrong, "I cannot.")))

    assert [one.path for one in found.failures] == ["src/app.py"]


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "a/../../b", "C:/x"])
async def test_paths_outside_are_refused_and_the_model_is_not_asked_again(files: EngineFiles, path: str) -> None:
    model = ScriptedModel(f"<<<<<<< SEARCH {path}\n=======\nx\n>>>>>>> REPLACE\n{EDIT}")
    found = proposal(await events(files, model))

    assert len(model.asked) == 1
    assert [one.path for one in found.failures] == [path]
    assert "refused" in found.failures[0].reason
    assert [file.path for file in found.files] == ["src/app.py"]


async def test_prose_alone_is_an_answer(files: EngineFiles) -> None:
    found = proposal(await events(files, ScriptedModel("It sums the items.")))

    assert (found.answer, found.files, found.failures, found.commands) == ("It sums the items.", (), (), ())


async def test_the_same_edit_twice_counts_once(files: EngineFiles) -> None:
    found = proposal(await events(files, ScriptedModel(EDIT + EDIT)))

    assert [len(file.hunks) for file in found.files] == [1]
    assert found.failures == ()


async def test_endless_repetition_is_stopped_and_its_stream_closed(files: EngineFiles) -> None:
    model = ScriptedModel("and again\n" * 100_000, piece=100)

    with pytest.raises(AnswerRepeatsError):
        await events(files, model)

    assert model.closed == 1


async def test_an_answer_that_is_held_back_is_told(files: EngineFiles) -> None:
    with pytest.raises(AnswerWithheldError):
        await events(files, ScriptedModel((EDIT, "filtered")))


@pytest.mark.parametrize("cut", range(15, len(EDIT), 17))
async def test_an_answer_cut_off_never_gives_half_an_edit(files: EngineFiles, cut: int) -> None:
    model = ScriptedModel((EDIT[:cut], "length"), "No more.")
    found = proposal(await events(files, model))

    whole = [one.after for one in (file.file for file in found.files)]
    assert whole in ([], [TAXED])


async def test_leaving_closes_the_models_stream(files: EngineFiles) -> None:
    model = ScriptedModel(EDIT * 10)
    async with aclosing(propose(files, model, "add a tax", style="blocks")) as told:
        async for one in told:
            if isinstance(one, Prose):
                break

    assert model.closed == 1


async def test_a_workspace_stopped_while_the_model_writes_is_told(engine: FakeEngine, files: EngineFiles) -> None:
    async def stop() -> None:
        async for _ in engine.stop("shop"):
            pass

    with pytest.raises(WorkspaceStoppedError):
        await events(files, ScriptedModel(EDIT, before=stop))


async def test_a_workspace_deleted_while_the_model_writes_is_told(engine: FakeEngine, files: EngineFiles) -> None:
    async def delete() -> None:
        async for _ in engine.delete("shop"):
            pass

    with pytest.raises(WorkspaceNotFoundError):
        await events(files, ScriptedModel(EDIT, before=delete))


async def test_a_file_edited_between_proposal_and_apply_is_a_conflict(files: EngineFiles, folder: Path) -> None:
    found = proposal(await events(files, ScriptedModel(EDIT + NEW_FILE)))
    (folder / "src/app.py").write_text("the person's\n")

    with pytest.raises(FilesConflictError) as error:
        await apply_turn(files, Review.all(found).changes(), found.instruction)

    assert [one.path for one in error.value.conflicts] == ["src/app.py"]
    assert (folder / "src/app.py").read_text() == "the person's\n"
    assert not (folder / "docs").exists()


async def test_earlier_turns_and_the_last_output_are_sent(files: EngineFiles) -> None:
    model = ScriptedModel("Yes.")
    history = [Exchange("first wish", "first answer", used=("bin/run",), output="Traceback: boom")]
    await events(files, model, "why does it fail?", history=history)

    told = [(message.role, message.content) for message in model.asked[0]]
    assert told[1:3] == [("user", "first wish"), ("assistant", "first answer")]
    assert "Traceback: boom" in told[-1][1]
    assert "the editor listens" in told[-1][1], "the workspace's log is asked for"


async def test_small_models_write_whole_files(files: EngineFiles) -> None:
    found = proposal(await events(files, ScriptedModel(f"src/app.py\n```\n{TAXED}```\n"), style="whole"))

    assert [file.file.after for file in found.files] == [TAXED]
