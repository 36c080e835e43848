import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cluster.engine import Occurrence
from cluster.files import EngineFiles
from templates.chat.context import gather_context
from templates.chat.relevance import mentioned, ranked
from templates.workspace_files import FileInfo
from tests.fakes.engine import FakeEngine


def info(path: str, size: int = 100, modified: float = 0.0) -> FileInfo:
    return FileInfo(path, size, modified, "")


@pytest.mark.parametrize(
    ("instruction", "expected"),
    [
        ("change src/app.py, please", {"src/app.py"}),
        ("look at @src/app.py.", {"src/app.py"}),
        ("in app.py", {"src/app.py", "old/app.py"}),
        ("all of @old/", {"old/app.py"}),
        ("the Makefile", set[str]()),
        ("./README.md is wrong", {"README.md"}),
        ("nothing", set[str]()),
    ],
)
def test_files_that_an_instruction_names(instruction: str, expected: set[str]) -> None:
    assert mentioned(instruction, ["src/app.py", "old/app.py", "README.md", "Makefile"]) == expected


def test_the_most_relevant_come_first() -> None:
    files = [
        *(info(f"lib/{number}.py", modified=10 + number) for number in range(20)),
        info("lib/invoice.py"),
        info("docs/used.md"),
        info("README.md"),
        info("big.csv", 300_000),
        info("package-lock.json"),
        info("logo.png"),
        info(".env"),
    ]
    order = [one.path for one in ranked(files, "mend the invoice, see lib/3.py and .env", {"docs/used.md"})]

    assert order[:2] == ["lib/3.py", "docs/used.md"]
    assert order.index("lib/invoice.py") < order.index("lib/0.py")
    assert order.index("README.md") < order.index("lib/0.py")
    assert order.index("lib/19.py") < order.index("lib/0.py")
    assert not {"big.csv", "package-lock.json", "logo.png", ".env"} & set(order)


async def test_a_small_window_takes_what_fits(files: EngineFiles, folder: Path) -> None:
    (folder / "large.py").write_text("x = 1\n" * 5000)

    context = await gather_context(files, "look at large.py", 4000)

    assert "large.py" not in context.sent
    assert "src/app.py" in context.sent
    assert context.tokens < 2000


NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instruction", "shown"), [("why does it crash?", True), ("add an expiry date to the links", False)]
)
async def test_the_log_and_the_events_are_shown_where_it_is_asked_why_something_fails(
    engine: FakeEngine, files: EngineFiles, instruction: str, shown: bool
) -> None:
    message = "Container editor was OOM killed: token=ghp_abcdefghijklmnopqrstuvwxyz0123456789"
    engine.happen(Occurrence(NOON, "Pod", "shop-0", "OOMKilling", message, "", count=3, workspace="shop"))
    engine.speak("shop", "Killed")

    context = await gather_context(files, instruction, None)

    assert ("Killed" in context.text) is shown
    assert ("12:00:00 Pod shop-0: OOMKilling: Container editor was OOM killed" in context.text) is shown
    assert ("(3 times)" in context.text) is shown
    assert ("The end of the workspace's log" in context.beside) is shown
    assert "ghp_abcdef" not in context.text


async def test_files_that_are_no_text_and_fences_within_are_no_harm(files: EngineFiles, folder: Path) -> None:
    (folder / "data.txt").write_bytes(b"\xff\x00")
    (folder / "guide.md").write_text("````\ncode\n````\n")

    context = await gather_context(files, "say", None)

    assert "data.txt" not in context.sent
    assert "guide.md\n`````\n````\ncode\n````\n`````" in context.text


async def test_five_thousand_files_are_no_wait(files: EngineFiles, folder: Path) -> None:
    for number in range(5000):
        place = folder / f"pkg{number % 100}" / f"module_{number}.py"
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"def f{number}():\n    return {number}\n" * 20)
    begun = time.process_time()

    context = await gather_context(files, "change f7", 200_000)

    assert context.listed == 5004
    assert len(context.sent) > 100
    assert time.process_time() - begun < 2  # of this process alone; the machine may be busy
