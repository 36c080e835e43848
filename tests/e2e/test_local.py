"""The local engine in a real browser: it needs `code-server` and Chromium, and no Docker."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from cluster.config import ClusterConfig
from cluster.dependencies.installation import installation
from cluster.dependencies.scripts import STATE
from cluster.kind.ports import free_port
from cluster.local.contact import read_contact
from cluster.local.engine import LocalEngine
from cluster.local.folders import LocalFolder
from cluster.local.processes import identify
from cluster.local.records import read_process
from templates.catalog import Catalog
from templates.events import Event
from templates.render import render
from tests.e2e.conftest import ARTEFACTS
from tests.e2e.editor import PATIENCE, Editor

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("this machine")]

IDLE = 76.0
"""Seconds; most proxies' time-outs are 60 or less where nobody sets them."""

SERVED = {"static-site": "Hello there", "node-express": "Notes"}


async def done(events: AsyncIterator[Event]) -> list[Event]:
    return [event async for event in events]


async def said(engine: LocalEngine, name: str, *command: str) -> str:
    session = await engine.exec(name, command)
    try:
        await session.close_stdin()
        printed = b"".join([data async for _, data in session.output()])
    finally:
        await session.close()
    assert session.exit_code == 0, printed
    return printed.decode()


async def written(path: Path) -> str:
    """The file's content, once somebody wrote it."""
    async with asyncio.timeout(PATIENCE / 1000):
        while not (path.exists() and path.read_text()):
            await asyncio.sleep(0.2)
    return path.read_text()


@pytest.fixture
def config(tmp_path: Path) -> ClusterConfig:
    return ClusterConfig(home=tmp_path / "a person's home ü", http_port=free_port())


@pytest.fixture
async def engine(config: ClusterConfig) -> AsyncIterator[LocalEngine]:
    engine = LocalEngine(config)
    yield engine
    await done(engine.down())
    assert not LocalFolder(config.home).path.exists()


async def create(engine: LocalEngine, template: str) -> None:
    """Makes it as `new` does: what it needs is being installed when the editor can be opened."""
    project = render(Catalog().load(template), {"name": template})
    making, needed = engine.create(template, project), installation(engine, template, project.manifest)
    await done(making if needed is None else needed.beside(making))


@pytest.mark.parametrize("template", SERVED)
async def test_a_template_opens_runs_and_is_served(
    template: str, engine: LocalEngine, config: ClusterConfig, browser: Browser
) -> None:
    manifest = Catalog().load(template).manifest
    await create(engine, template)
    plain = (await engine.workspace(template)).url
    page = await browser.new_page(viewport={"width": 1400, "height": 900})
    editor = Editor(page)

    refused = await page.goto(plain)
    assert refused is not None
    assert refused.status == 401
    await editor.open(await engine.entrance(template))
    assert page.url.startswith(plain)
    assert "ticket" not in page.url
    assert "README.md" in await editor.explorer()
    assert await editor.readme_title() == template
    assert (await editor.unwanted(), await editor.notifications()) == ([], [])
    await editor.screenshot(ARTEFACTS / f"local-editor-{template}.png")

    await editor.open_terminal()
    await editor.type_line(f'{{ {manifest.test}; }}; echo $? >"$HOME/tested"')
    home = LocalFolder(config.home).workspace(template).home
    assert await written(home / "tested") == "0\n"
    await editor.screenshot(ARTEFACTS / f"local-terminal-{template}.png")

    port = manifest.ports[0]
    await editor.run_build_task()
    offer = page.get_by_role("button", name="Open in Browser")
    await expect(offer).to_be_visible(timeout=PATIENCE)
    async with page.expect_popup() as opening:
        await offer.click()
    served = await opening.value
    await expect(served.locator("h1")).to_have_text(SERVED[template], timeout=PATIENCE)
    assert served.url == (await engine.workspace(template)).ports[port]
    assert (await engine.workspace(template)).idle_since is not None
    if manifest.install:
        assert (home / STATE / "ended").read_text().startswith("0 ")
        assert (LocalFolder(config.home).packages / "npm" / "_cacache").is_dir()


async def test_ports_of_other_programs_on_this_machine_are_not_offered(engine: LocalEngine, browser: Browser) -> None:
    await create(engine, "static-site")
    port = Catalog().load("static-site").manifest.ports[0]
    page = await browser.new_page(viewport={"width": 1400, "height": 900})
    editor = Editor(page)
    await editor.open(await engine.entrance("static-site"))
    await editor.readme_title()  # it takes the focus when it appears
    another = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", free_port())

    await editor.run_build_task()
    await expect(page.get_by_role("button", name="Open in Browser")).to_be_visible(timeout=PATIENCE)
    another.close()

    assert [said for said in await editor.notifications() if f"port {port} is available" not in said] == []
    assert await editor.forwarded_ports() == [str(port)]


async def test_data_survives_a_stop_a_killed_host_and_a_killed_editor(
    engine: LocalEngine, config: ClusterConfig, browser: Browser
) -> None:
    await create(engine, "static-site")
    folder = LocalFolder(config.home)
    url = (await engine.workspace("static-site")).url
    page = await browser.new_page()
    editor = Editor(page)
    await editor.open(await engine.entrance("static-site"))
    await editor.readme_title()  # it takes the focus when it appears
    await editor.open_terminal()
    await editor.type_line("echo kept >kept.txt")
    kept = folder.workspace("static-site").project / "kept.txt"
    assert await written(kept) == "kept\n"

    await done(engine.stop("static-site"))
    await done(engine.start("static-site"))
    assert await said(engine, "static-site", "cat", "kept.txt") == "kept\n"

    before, host = read_process(folder.workspace("static-site")), read_contact(folder)
    assert before is not None
    assert host is not None
    os.kill(host.identity.pid, signal.SIGKILL)
    assert (await engine.workspace("static-site")).state == "stopped"
    await done(engine.start("static-site"))
    assert read_process(folder.workspace("static-site")) == before  # adopted, not started anew
    await editor.open(url)  # the cookie of before still lets in
    assert "kept.txt" in await editor.explorer()

    os.kill(before.identity.pid, signal.SIGKILL)
    async with asyncio.timeout(60):
        while (await engine.workspace("static-site")).state != "running" or (
            read_process(folder.workspace("static-site")) in (None, before)
        ):
            await asyncio.sleep(0.2)
    await editor.open(url)
    assert (await engine.workspace("static-site")).url == url


async def test_nothing_that_a_terminal_started_outlives_delete(
    engine: LocalEngine, config: ClusterConfig, browser: Browser
) -> None:
    await create(engine, "static-site")
    folder = LocalFolder(config.home).workspace("static-site")
    editor = Editor(await browser.new_page())
    await editor.open(await engine.entrance("static-site"))
    await editor.readme_title()  # it takes the focus when it appears
    await editor.open_terminal()
    await editor.type_line("""setsid sh -c 'echo $$ >"$HOME/pid"; exec sleep 7777' & sleep 7778""")
    pid = int(await written(folder.home / "pid"))
    started = identify(pid)
    assert started is not None
    sockets = read_contact(LocalFolder(config.home))
    assert sockets is not None

    await done(engine.delete("static-site"))

    assert identify(pid) != started
    assert _mentioning(str(folder.path)) == []
    assert not sockets.sockets.runtime("static-site").exists()
    assert not folder.path.exists()


async def test_an_idle_websocket_stays_up(engine: LocalEngine, browser: Browser) -> None:
    await create(engine, "static-site")
    page = await browser.new_page()
    dropped, opened = asyncio.Event(), list[str]()

    def watch(socket: object) -> None:
        opened.append(str(socket))
        socket.on("close", lambda _: dropped.set())  # type: ignore[attr-defined]

    page.on("websocket", watch)
    editor = Editor(page)
    await editor.open(await engine.entrance("static-site"))
    await editor.readme_title()  # shown by an extension, so that its host is connected, too
    count = len(opened)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(dropped.wait(), IDLE)
    await editor.open_terminal()
    assert len(opened) == count


def _mentioning(text: str) -> list[str]:
    """Processes that were started with this text in their environment."""
    found: list[str] = []
    for one in Path("/proc").glob("[0-9]*"):
        try:
            if os.fsencode(text) in (one / "environ").read_bytes() and (one / "cmdline").read_bytes():
                found.append((one / "cmdline").read_bytes().decode())
        except OSError:
            continue
    return found
