"""From one command to a project that runs, seen in a browser: a Python, a Node and a plain template."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from cluster.kind.engine import KindEngine
from templates.catalog import Catalog
from tests.e2e.conftest import ARTEFACTS
from tests.e2e.editor import PATIENCE, Editor
from tests.e2e.inside import written
from tests.e2e.program import Program
from tests.e2e.web import fetch, until_served

pytestmark = pytest.mark.e2e

TEMPLATES = Path(__file__).parents[2] / "templates"
SERVED = {
    "python-fastapi": ("Notes", "/health", "application/json"),
    "node-express": ("Notes", "/health", "application/json"),
    "static-site": ("Hello there", "/about.html", "text/html"),
}
"""What some templates' pages say first, and another address with its type; `tests.catalog` proves all of them."""

INSTALLED = (".venv", "node_modules", "package-lock.json", "uv.lock")
"""What an install command adds to a project."""


@pytest.mark.parametrize("template", SERVED)
async def test_new_makes_a_workspace_that_runs(
    template: str, workspace: Callable[[str], dict[str, Any]], engine: KindEngine
) -> None:
    made = workspace(template)

    found = await engine.workspace(made["name"])
    assert made == {
        "name": template,
        "url": found.url,
        "state": "running",
        "engine": "kind",
        "template": template,
        "seconds": made["seconds"],
        "install": made["install"],
    }
    command = Catalog().load(template).manifest.install
    assert made["install"] == ({"command": command, "state": "done", "error": None} if command else None)
    assert re.fullmatch(rf"http://{template}\.vibecode\.localhost(:\d+)?/", found.url)
    assert 0 < made["seconds"] < 120
    assert (await fetch(found.url)).status_code in (200, 302)


@pytest.mark.parametrize("template", SERVED)
async def test_the_editor_is_ready_to_work(
    template: str, workspace: Callable[[str], dict[str, Any]], browser: Browser, engine: KindEngine
) -> None:
    """It shows the files and the README and nothing else; a terminal runs the tests, and the project can be run."""
    made, manifest = workspace(template), Catalog().load(template).manifest
    editor = Editor(await browser.new_page(viewport={"width": 1400, "height": 900}))

    await editor.open(made["url"])
    shown = [one for one in await editor.explorer() if one not in INSTALLED]
    assert shown == _listed(TEMPLATES / template / "files")
    assert await editor.readme_title() == template
    assert await editor.tabs() == ["[Preview] README.md"]
    assert (await editor.unwanted(), await editor.notifications()) == ([], [])
    assert await editor.page.title() == f"[Preview] README.md - project - {template}"
    await editor.screenshot(ARTEFACTS / f"editor-{template}.png")

    await editor.open_terminal()
    await editor.type_line(f"{{ {manifest.test}; }}; echo $? >/tmp/tested")
    assert await written(engine, made["name"], "/tmp/tested") == "0\n"
    assert await editor.unwanted() == []
    await editor.screenshot(ARTEFACTS / f"terminal-{template}.png")

    port = manifest.ports[0]
    address = made["url"].replace("://", f"://{port}-")
    await editor.run_build_task()
    await until_served(address)
    title, path, kind = SERVED[template]
    offer = editor.page.get_by_role("button", name="Open in Browser")
    await expect(offer).to_be_visible(timeout=PATIENCE)
    await editor.screenshot(ARTEFACTS / f"run-{template}.png")
    async with editor.page.expect_popup() as opening:
        await offer.click()
    page = await opening.value
    assert page.url == address
    await expect(page.locator("h1")).to_have_text(title)
    await page.screenshot(path=ARTEFACTS / f"page-{template}.png")
    answer = await fetch(address.rstrip("/") + path)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind)


def test_a_template_made_from_a_workspace_makes_another_one(
    workspace: Callable[[str], dict[str, Any]], program: Program, tmp_path: Path
) -> None:
    name = workspace("static-site")["name"]
    program.read(name, "sh", "-c", "echo ours >site/ours.txt")
    try:
        made = program.answer("templates", "new", "blog", "--from", name, "--output", str(tmp_path / "blog"))
        assert (made["id"], made["left_out"]) == ("blog/blog", [])
        copy = program.answer("new", "blog/blog", "copy", "--no-open")
        assert (copy["state"], copy["template"]) == ("running", "blog/blog")
        assert program.read("copy", "cat", "site/ours.txt") == "ours\n"
        listing = "find . '(' -path ./.git -o -name __pycache__ ')' -prune -o -type f -print | sort"
        assert program.read("copy", "sh", "-c", listing) == program.read(name, "sh", "-c", listing)
    finally:
        program.read(name, "rm", "site/ours.txt")
        program.run("delete", "copy", "--yes")
        program.run("templates", "remove", "blog")


def _listed(folder: Path) -> list[str]:
    """As the explorer sorts: folders first, then files, by name without regard to case."""
    return [one.name for one in sorted(folder.iterdir(), key=lambda one: (one.is_file(), one.name.lower()))]
