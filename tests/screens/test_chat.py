"""Chat: asked, shown, judged change by change, written, undone; over a scripted model and a fake engine."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Markdown, TextArea
from textual.widgets.markdown import MarkdownBlock

from screens.app import VibeCodeApp
from screens.chat.completion import command_of, completions
from screens.chat.edit import EditHunk
from screens.chat.screen import ChatScreen
from screens.chat.talk import Talk
from screens.chat.transcript import Answer as MarkdownAnswer
from screens.widgets.composer import LONGEST, Composer
from templates.models.errors import RateLimitError
from templates.project import Manifest, Project, ProjectFile
from tests.fakes.chat_model import Answer, Line, ScriptedModel
from tests.fakes.models import FakeModels
from tests.fakes.scripted_model import ScriptedModel as SlowModel
from tests.screens.stage import NOW, SIZES, Stage, put, seen, until
from tests.screens.test_prompt import Hanging

Snap = Callable[..., bool]

APP = b'''"""Links."""


def shorten(url: str) -> str:
    return url[:8]


def expand(code: str) -> str:
    return code


def count() -> int:
    return 0
'''
ANSWER = """Links expire after **thirty days** from now on:

- `shorten` notes when a link was made
- `count` leaves out those that have expired

src/links.py
<<<<<<< SEARCH
    return url[:8]
=======
    made = today()
    return f"{url[:8]}-{made}"
>>>>>>> REPLACE

src/links.py
<<<<<<< SEARCH
    return 0
=======
    return sum(not expired(link) for link in links)
>>>>>>> REPLACE

src/dates.py
<<<<<<< SEARCH
=======
DAYS = 30
>>>>>>> REPLACE

```run
echo tested
```
"""
INSTRUCTION = "add an expiry date"


@pytest.fixture
def shop(stage: Stage) -> Stage:
    """One workspace with a small project."""
    files = (ProjectFile("src/links.py", APP), ProjectFile("README.md", b"# Shop\n"))
    stage.engine.put("shop", Project(Manifest("Shop", template="python-fastapi"), files))
    stage.engine.change("shop", created=NOW)
    return stage


def models_of(stage: Stage, *answers: Line) -> FakeModels:
    folder = stage.engine.config.home / "ai"
    folder.mkdir(parents=True, exist_ok=True)
    return FakeModels(folder, ScriptedModel(list(answers)))


def slow(stage: Stage, text: str) -> FakeModels:
    """A model that does not end its answer."""
    return replace(models_of(stage), model=SlowModel(text, before=Hanging(0)))


def place(pilot: Pilot[None]) -> ChatScreen:
    screen = pilot.app.screen
    assert isinstance(screen, ChatScreen)
    return screen


def composer(pilot: Pilot[None]) -> Composer:
    return place(pilot).query_one("#composer", Composer)


def source(stage: Stage) -> str:
    return (stage.engine.config.home / "shop" / "src" / "links.py").read_text()


async def at_chat(pilot: Pilot[None]) -> None:
    await seen(pilot)
    await pilot.press("4")
    await until(pilot, lambda: pilot.app.screen.id == "chat" and place(pilot).model_state is not None)


async def opened(pilot: Pilot[None]) -> None:
    await at_chat(pilot)
    await until(pilot, lambda: composer(pilot).has_focus)


async def ask(pilot: Pilot[None], words: str = INSTRUCTION) -> None:
    composer(pilot).text = words
    await pilot.press("enter")


async def reviewing(pilot: Pilot[None]) -> None:
    await opened(pilot)
    await ask(pilot)
    await until(pilot, lambda: place(pilot).view == "review")


async def written(pilot: Pilot[None]) -> None:
    await reviewing(pilot)
    await pilot.press("a", "w")
    await until(pilot, lambda: place(pilot).view == "talk")


def last(pilot: Pilot[None]) -> Talk:
    talk = place(pilot).pane.last
    assert talk is not None
    return talk


# What it looks like


def test_without_a_model(shop: Stage, snap_compare: Snap) -> None:
    models = replace(models_of(shop), keys={})
    assert snap_compare(shop.app(models=models), terminal_size=SIZES["normal"], run_before=at_chat)


def test_without_a_workspace(stage: Stage, snap_compare: Snap) -> None:
    app = stage.app(models=models_of(stage))
    assert snap_compare(app, terminal_size=SIZES["normal"], run_before=at_chat)


def test_an_empty_conversation(shop: Stage, snap_compare: Snap) -> None:
    app = shop.app(models=models_of(shop))
    assert snap_compare(app, terminal_size=SIZES["normal"], run_before=opened)


def test_the_answer_arrives(shop: Stage, snap_compare: Snap) -> None:
    async def arriving(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await ask(pilot)
        await until(pilot, lambda: "noted" in last(pilot).text)
        await until(pilot, lambda: "noted" in place(pilot).query_one(Markdown).source)

    models = slow(shop, "Links expire after **thirty days**:\n\n- each link is noted with its date\n\n")
    assert snap_compare(shop.app(models=models), terminal_size=SIZES["normal"], run_before=arriving)


@pytest.mark.parametrize("size", SIZES)
def test_the_review(shop: Stage, snap_compare: Snap, size: str) -> None:
    async def one_taken(pilot: Pilot[None]) -> None:
        await reviewing(pilot)
        await pilot.press("y")

    app = shop.app(models=models_of(shop, ANSWER))
    assert snap_compare(app, terminal_size=SIZES[size], run_before=one_taken)


def test_the_review_in_light(shop: Stage, snap_compare: Snap) -> None:
    app = shop.app("vibecode-light", models=models_of(shop, ANSWER))
    assert snap_compare(app, terminal_size=SIZES["normal"], run_before=reviewing)


@pytest.mark.parametrize("size", SIZES)
def test_written(shop: Stage, snap_compare: Snap, size: str) -> None:
    app = shop.app(models=models_of(shop, ANSWER))
    assert snap_compare(app, terminal_size=SIZES[size], run_before=written)


def test_completion(shop: Stage, snap_compare: Snap) -> None:
    async def typed(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await pilot.press("slash")
        await pilot.pause()

    app = shop.app(models=models_of(shop))
    assert snap_compare(app, terminal_size=SIZES["normal"], run_before=typed)


# What it does


async def test_nothing_is_written_before_it_is_taken_and_then_all_of_it(shop: Stage) -> None:
    models = models_of(shop, ANSWER)
    async with shop.app(models=models).run_test(size=SIZES["normal"]) as pilot:
        await reviewing(pilot)
        assert source(shop) == APP.decode()
        await pilot.press("w")
        assert place(pilot).view == "review"
        await pilot.press("a", "w")
        await until(pilot, lambda: last(pilot).written == 1)
        assert "made = today()" in source(shop)
        assert "sum(not expired" in source(shop)
        assert (shop.engine.config.home / "shop" / "src" / "dates.py").read_text() == "DAYS = 30\n"
        assert models.learnt == [("scripted", "blocks", 3, 0)]


async def test_only_the_changes_that_are_taken_are_written(shop: Stage) -> None:
    async with shop.app(models=models_of(shop, ANSWER)).run_test(size=SIZES["normal"]) as pilot:
        await reviewing(pilot)
        await pilot.press("n", "n", "y", "w")  # the new file, the first change of the other, the second
        await until(pilot, lambda: last(pilot).written == 1)
        assert "made = today()" not in source(shop)
        assert "sum(not expired" in source(shop)
        assert not (shop.engine.config.home / "shop" / "src" / "dates.py").exists()


async def test_a_change_is_written_as_the_person_rewrote_it(shop: Stage) -> None:
    async with shop.app(models=models_of(shop, ANSWER)).run_test(size=SIZES["normal"]) as pilot:
        await reviewing(pilot)
        await pilot.press("down", "e")
        await until(pilot, lambda: isinstance(pilot.app.screen, EditHunk))
        pilot.app.screen.query_one(TextArea).text = "    return url[:9]"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.screen.id == "chat")
        await pilot.press("w")
        await until(pilot, lambda: last(pilot).written == 1)
        assert source(shop) == APP.decode().replace("url[:8]", "url[:9]")


async def test_a_file_that_changed_meanwhile_is_a_conflict_and_stays(shop: Stage) -> None:
    async with shop.app(models=models_of(shop, ANSWER)).run_test(size=SIZES["normal"]) as pilot:
        await reviewing(pilot)
        (shop.engine.config.home / "shop" / "src" / "links.py").write_text("mine\n")
        await pilot.press("a", "w")
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "Failure")
        await pilot.press("escape")
        assert source(shop) == "mine\n"
        assert "changed since it was read: src/links.py" in str(place(pilot).query_one("#summary").render())
        assert last(pilot).written is None


async def test_undo_and_redo(shop: Stage) -> None:
    async with shop.app(models=models_of(shop, ANSWER)).run_test(size=SIZES["normal"]) as pilot:
        await written(pilot)
        await ask(pilot, "/undo")
        await until(pilot, lambda: source(shop) == APP.decode())
        await ask(pilot, "/redo")
        await until(pilot, lambda: "made = today()" in source(shop))


async def test_a_command_runs_only_when_agreed_to(shop: Stage) -> None:
    async with shop.app(models=models_of(shop, ANSWER)).run_test(size=SIZES["normal"]) as pilot:
        await written(pilot)
        await pilot.press("f5", "n")
        await pilot.pause()
        assert last(pilot).ran == []
        await pilot.press("f5", "y")
        await until(pilot, lambda: bool(last(pilot).ran) and last(pilot).commands == [])
        assert last(pilot).ran[0].output.strip() == "tested"


async def test_escape_stops_the_model_and_the_words_are_kept(shop: Stage) -> None:
    models = slow(shop, "I am thinking about it\n")
    async with shop.app(models=models).run_test(size=SIZES["normal"]) as pilot:
        await opened(pilot)
        await ask(pilot)
        await until(pilot, lambda: "thinking" in last(pilot).text)
        await pilot.press("escape")
        await until(pilot, lambda: models.model.closed == 1)  # type: ignore[attr-defined]
        assert composer(pilot).text == INSTRUCTION
        assert source(shop) == APP.decode()


async def test_an_error_is_told_and_the_words_are_kept(shop: Stage) -> None:
    failing = Answer([], error=RateLimitError("scripted: try again in 30 s."))
    async with shop.app(models=models_of(shop, failing)).run_test(size=SIZES["normal"]) as pilot:
        await opened(pilot)
        await ask(pilot)
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "Failure")
        await pilot.press("escape")
        assert composer(pilot).text == INSTRUCTION


async def test_a_conversation_goes_on_in_the_next_run(shop: Stage) -> None:
    async with shop.app(models=models_of(shop, ANSWER)).run_test(size=SIZES["normal"]) as pilot:
        await written(pilot)
    models = models_of(shop, "It is thirty days.\n")
    async with shop.app(models=models).run_test(size=SIZES["normal"]) as pilot:
        await opened(pilot)
        assert "Links expire" in last(pilot).text
        assert "SEARCH" not in last(pilot).text
        await pilot.press("up")
        assert composer(pilot).text == INSTRUCTION
        await ask(pilot, "how long?")
        await until(pilot, lambda: last(pilot).proposal is not None)
        asked = models.model.asked[0]  # type: ignore[attr-defined]
        assert [one.content for one in asked[1:2]] == [INSTRUCTION]


async def test_what_was_undone_is_said_so_in_the_next_run(shop: Stage) -> None:
    async with shop.app(models=models_of(shop, ANSWER)).run_test(size=SIZES["normal"]) as pilot:
        await written(pilot)
        await ask(pilot, "/undo")
        await until(pilot, lambda: last(pilot).undone)
    async with shop.app(models=models_of(shop)).run_test(size=SIZES["normal"]) as pilot:
        await opened(pilot)
        assert "Undone: " in str(place(pilot).query_one(".outcome").render())


async def test_a_turn_goes_on_while_another_workspace_is_looked_at(shop: Stage) -> None:
    put(shop.engine, "api")
    end = Hanging(0)
    models = replace(models_of(shop), model=SlowModel(ANSWER, before=end))
    async with shop.app(models=models).run_test(size=SIZES["normal"]) as pilot:
        await at_chat(pilot)
        place(pilot).visit("shop")
        await until(pilot, lambda: composer(pilot).has_focus)
        await ask(pilot)
        await until(pilot, lambda: "Links expire" in last(pilot).text)
        asked = last(pilot)
        place(pilot).visit("api")
        await until(pilot, lambda: place(pilot).pane.last is None)
        end.let.set()
        await until(pilot, lambda: asked.proposal is not None and not place(pilot).pane.busy)
        assert place(pilot).view == "talk"
        assert composer(pilot).text == ""
        place(pilot).visit("shop")
        await until(pilot, lambda: place(pilot).pane.last is asked)
        assert "Proposed: 3 changes in 2 files" in str(place(pilot).query_one(".outcome").render())


class Shown(App[None]):
    """Two answers: one grows piece by piece, the other is whole."""

    def compose(self) -> ComposeResult:
        yield MarkdownAnswer("")
        yield MarkdownAnswer(SAID)


SAID = """# Links\n\nThey **expire**:\n\n1. one `code`\n2. two\n   - three\n\n```python\ndef f():\n\n    return 1\n```

| a | b |\n| - | - |\n| 1 | 2 |\n\n> quoted\n> further\n\nThe end, *at last*.\n"""


@pytest.mark.parametrize("size", [1, 3, 7, 50, 1000])
async def test_an_answer_that_grew_is_drawn_as_a_whole_one(size: int) -> None:
    async with Shown().run_test() as pilot:
        grown, whole = pilot.app.query(MarkdownAnswer)
        for end in range(size, len(SAID) + size, size):
            grown.grow(SAID[:end])
            if end % 3:
                await pilot.pause()
        await until(pilot, lambda: not grown._drawing)

        def blocks(answer: MarkdownAnswer) -> list[tuple[str, str]]:
            return [(type(one).__name__, str(one._content)) for one in answer.query(MarkdownBlock)]

        assert blocks(grown) == blocks(whole)


async def test_export_copies_the_conversation(shop: Stage) -> None:
    app: VibeCodeApp = shop.app(models=models_of(shop, ANSWER))
    async with app.run_test(size=SIZES["normal"]) as pilot:
        await written(pilot)
        await ask(pilot, "/export")
        await until(pilot, lambda: app.clipboard.startswith("# shop: add an expiry date"))


async def test_a_paste_of_a_megabyte(shop: Stage) -> None:
    async with shop.app(models=models_of(shop)).run_test(size=SIZES["normal"]) as pilot:
        await opened(pilot)
        composer(pilot).post_message(events.Paste("words " * 180_000))
        await pilot.pause()
        assert len(composer(pilot).text) == LONGEST


async def test_another_place_can_send_to_a_workspace(shop: Stage) -> None:
    put(shop.engine, "api")
    async with shop.app(models=models_of(shop)).run_test(size=SIZES["normal"]) as pilot:
        await at_chat(pilot)
        place(pilot).visit("api")
        await until(pilot, lambda: place(pilot).pane.session is not None and composer(pilot).has_focus)
        assert place(pilot).pane.session.workspace == "api"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("before", "values"),
    [
        ("/", 10),
        ("/un", ["/undo "]),
        ("see @li", ["@src/links.py "]),
        ("@", ["@README.md ", "@src/links.py "]),
        ("mail me@exa", []),
        ("what / about", []),
    ],
)
def test_completions(before: str, values: int | list[str]) -> None:
    found = completions(before, ["src/links.py", "README.md"])
    assert len(found) == values if isinstance(values, int) else [one.value for one in found] == values


@pytest.mark.parametrize(
    ("text", "command"),
    [("/undo", ("undo", "")), ("/why is it red", ("why", "is it red")), ("/etc/passwd", None), ("undo it", None)],
)
def test_commands(text: str, command: tuple[str, str] | None) -> None:
    assert command_of(text) == command


async def test_a_file_is_completed_while_it_is_typed(shop: Stage) -> None:
    async with shop.app(models=models_of(shop)).run_test(size=SIZES["normal"]) as pilot:
        await opened(pilot)
        await pilot.press(*"see", "space", "@", "l", "i", "tab")
        await until(pilot, lambda: composer(pilot).text == "see @src/links.py ")
