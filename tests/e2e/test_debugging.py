"""F5 in a real editor: VS Code has Node's debugger built in; others come as extensions, which are not proven here."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from cluster.config import ClusterConfig
from cluster.engine import Engine
from cluster.files import EngineFiles
from cluster.kind.ports import free_port
from cluster.local.engine import LocalEngine
from templates.catalog import Catalog
from templates.render import render
from templates.workspace_files import Write
from tests.contract.test_engine_contract import done
from tests.e2e.conftest import ARTEFACTS
from tests.e2e.editor import PATIENCE, Editor

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("this machine")]


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    engine = LocalEngine(ClusterConfig(home=tmp_path / "home", http_port=free_port()))
    yield engine
    await done(engine.down())


async def test_f5_stops_a_node_server_where_it_says_and_lets_it_go_on(engine: Engine, browser: Browser) -> None:
    template = Catalog().load("node-express")
    await done(engine.create("shop", render(template, {"name": "shop"})))
    files = EngineFiles(engine, "shop")
    server = (await files.read(["src/server.js"]))["src/server.js"].content
    await files.apply([Write("src/server.js", server + b"\ndebugger;\n")])
    page = await browser.new_page(viewport={"width": 1400, "height": 900})
    editor = Editor(page)
    await editor.open(await engine.entrance("shop"))
    await editor.readme_title()  # it takes the focus when it appears

    await page.keyboard.press("F5")

    await expect(page.locator(".debug-toolbar")).to_be_visible(timeout=PATIENCE)
    stopped_at = page.locator(".codicon-debug-stackframe")
    await expect(stopped_at).to_be_visible(timeout=PATIENCE)
    await editor.screenshot(ARTEFACTS / "debug-node-express.png")
    await page.keyboard.press("F5")
    await expect(stopped_at).to_be_hidden(timeout=PATIENCE)
    served = await browser.new_page()
    await served.goto(await engine.entrance("shop", template.manifest.ports[0]))
    await expect(served.locator("h1")).to_have_text("Notes", timeout=PATIENCE)
