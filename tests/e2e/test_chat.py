"""A change by words in a real local workspace, with a scripted model over real HTTP; needs code-server and Chromium."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.async_api import Browser, expect

from cluster.kind.ports import free_port
from tests.e2e.editor import PATIENCE, Editor
from tests.e2e.program import Program
from tests.fakes.model_server import KEY, says
from tests.unit.launcher.model_thread import model_server

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("this machine")]

EDIT = """\
I add a number at the end.

numbers.txt
<<<<<<< SEARCH
number 79
=======
number 79
number 80
>>>>>>> REPLACE
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "README.md").write_text("# Numbers\n")
    (folder / "numbers.txt").write_text("".join(f"number {number}\n" for number in range(80)))
    return folder


@pytest.fixture
def local() -> Iterator[Program]:
    """In a folder with a short name: the editor's own socket, by which its tabs are told, has a path of 107 bytes."""
    with TemporaryDirectory(dir="/tmp") as home, model_server(says(EDIT)) as server:
        program = Program(
            {
                "VIBECODE_HOME": home,
                "VIBECODE_ENGINE": "local",
                "VIBECODE_HTTP_PORT": str(free_port()),
                "VIBECODE_AI_URL": server.url,
                "VIBECODE_AI_KEY": KEY,
            }
        )
        yield program
        program.answer("down", "--yes")


async def test_the_open_tab_shows_the_first_line_that_changed(local: Program, folder: Path, browser: Browser) -> None:
    url = local.answer("import", str(folder), "numbers", "--no-open")["url"]
    page = await browser.new_page()
    editor = Editor(page)
    await editor.open(url)
    await editor.readme_title()  # what the editor opens by itself, it has opened

    document = local.answer("chat", "numbers", "one more", "--apply")

    assert (document["applied"], [one["path"] for one in document["files"]]) == (True, ["numbers.txt"])
    await expect(page.locator(".tab.active")).to_contain_text("numbers.txt", timeout=PATIENCE)
    await expect(page.locator("#status\\.editor\\.selection")).to_contain_text("Ln 81", timeout=PATIENCE)

    assert local.answer("undo", "numbers")["files"] == ["numbers.txt"]
    assert local.run("exec", "numbers", "--", "tail", "-n", "1", "numbers.txt").out == "number 79\n"
