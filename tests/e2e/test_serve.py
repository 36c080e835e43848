"""`vibecode serve` as a process: the seed's four flows on real engines, a sync that is killed, and the portal."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, expect

from cluster.kind.ports import free_port
from tests.e2e.conftest import ARTEFACTS
from tests.e2e.editor import PATIENCE, Editor
from tests.e2e.program import VIBECODE, Program
from tests.fakes.model_server import says
from tests.fakes.model_server import serving as serving_model

pytestmark = pytest.mark.e2e
locally = pytest.mark.xdist_group("this machine")

NAME = "api-flows"
PLAN = """\
NAME: notes
TITLE: Notes
SUMMARY: Keeps notes
LANGUAGE: Shell
STACK: sh
BASE: none
TEST: sh test.sh
FILES:
- test.sh: the tests
"""
FILES = '<file path="test.sh">\necho tested\n</file>\n'
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}


@dataclass(frozen=True)
class Api:
    """A server that runs as a process."""

    process: subprocess.Popen[str]
    url: str
    token: str

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=600, trust_env=False) as client:
            yield client

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)


@contextmanager
def serving(variables: Mapping[str, str]) -> Iterator[Api]:
    command = [VIBECODE, "serve", "--json", "--port", "0"]
    environment = {**os.environ, **variables}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            port = json.loads(process.stdout.readline())["port"]
            token = Program(variables).answer("serve", "--token")["token"]
            yield Api(process, f"http://127.0.0.1:{port}", token)
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(30)


@pytest.fixture
def local(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The variables that lead to a local engine of its own, of which nothing is left in the end."""
    variables = {
        "VIBECODE_HOME": str(tmp_path / "home"),
        "VIBECODE_ENGINE": "local",
        "VIBECODE_HTTP_PORT": str(free_port()),
    }
    yield variables
    Program(variables).answer("down", "--yes")


async def last_event(client: httpx.AsyncClient, path: str) -> Any:
    sent = (await client.get(path)).text
    return json.loads(sent.rsplit("event: end\ndata: ", 1)[1].splitlines()[0])


async def flows(variables: Mapping[str, str], browser: Browser) -> None:
    async with serving_model(says(PLAN), says(FILES), models=[{"id": "scripted"}]) as model:
        asked = {"VIBECODE_AI_URL": model.url, "VIBECODE_AI_MODEL": "scripted", "VIBECODE_AI_KEY": "none"}
        with serving({**variables, **asked}) as api:
            async with api.client() as client:
                try:
                    await _session_sync_and_page(api, client, browser)
                    await _generation(client)
                finally:
                    for name in (NAME, "notes-shell"):
                        gone = await client.delete(f"/api/workspaces/{name}")
                        if gone.status_code == 202:
                            await last_event(client, gone.json()["events"])


async def _session_sync_and_page(api: Api, client: httpx.AsyncClient, browser: Browser) -> None:
    body = {"workspaceId": NAME, "template": "static-site", "userId": "ada"}
    made = await client.post("/api/code-server/session?wait=true", json=body)
    assert (made.status_code, made.json()["state"]) == (200, "running"), made.text
    again = await client.post("/api/code-server/session", json=body)
    assert (again.status_code, again.json()["id"]) == (200, NAME)

    files = [{"path": f"notes/{number}.txt", "content": f"{number}\n", "base": "absent"} for number in range(20)]
    synced = await client.post("/api/files/sync", json={"workspaceId": NAME, "files": files})
    hashes = {one["path"]: one["sha256"] for one in synced.json()["files"]}
    assert hashes == {one["path"]: sha256(one["content"].encode()).hexdigest() for one in files}
    refused = await client.post("/api/files/sync", json={"workspaceId": NAME, "files": files})
    assert refused.status_code == 409
    assert len(refused.json()["conflicts"]) == 20

    page = await browser.new_page(viewport={"width": 1400, "height": 900})
    ticket = (await client.post("/api/ticket")).json()["url"]
    await page.goto(ticket.replace("/?", f"/workspace/{NAME}?"))
    await page.wait_for_url(lambda url: url.startswith(again.json()["url"].partition("?")[0]), timeout=PATIENCE)
    editor = Editor(page)
    await expect(page.locator(".explorer-folders-view .monaco-list-row").first).to_be_visible(timeout=PATIENCE)
    assert "notes" in " ".join(await editor.explorer())


async def _generation(client: httpx.AsyncClient) -> None:
    begun = await client.post("/api/ai/generate-project", json={"prompt": "Notes in shell", "run": True})
    assert begun.status_code == 202, begun.text
    assert begun.json()["workspaceId"] == "notes-shell"
    sent = (await client.get(begun.json()["events"])).text
    assert 'event: outcome\ndata: {"verified": true}' in sent


@locally
async def test_the_seeds_four_flows_on_the_local_engine(local: dict[str, str], browser: Browser) -> None:
    await flows(local, browser)


async def test_the_seeds_four_flows_on_the_cluster(environment: dict[str, str], browser: Browser) -> None:
    await flows(environment, browser)


@locally
async def test_a_sync_that_is_killed_has_written_all_or_nothing(local: dict[str, str]) -> None:
    count, kills = 400, (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
    Program(local).answer("new", "static-site", NAME, "--no-open")
    for turn, seconds in enumerate(kills):
        content = f"{turn} " + "x" * 20_000
        files = [{"path": f"many/{number}.txt", "content": content} for number in range(count)]
        with serving(local) as api:
            async with api.client() as client:
                syncing = asyncio.ensure_future(
                    client.post("/api/files/sync", json={"workspaceId": NAME, "files": files})
                )
                await asyncio.wait({syncing}, timeout=seconds)
                api.kill()
                answered = (await asyncio.gather(syncing, return_exceptions=True))[0]
        with serving(local) as api:
            async with api.client() as client:  # the next call of any kind completes a change, or takes it back
                answer = await client.post("/api/files/sync", json={"workspaceId": NAME, "delete": ["none"]})
                assert answer.status_code == 200
        told = Program(local).read(NAME, "sh", "-c", "cut -c1-2 many/*.txt 2>/dev/null | sort | uniq -c; true")
        states = told.split()
        assert states in ([], [str(count), states[1] if states else ""]), told
        if isinstance(answered, httpx.Response):
            assert states == [str(count), str(turn)]


@locally
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_portal_is_used_by_keyboard(local: dict[str, str], browser: Browser, width: str, scheme: Any) -> None:
    with serving(local) as api:
        async with api.client() as client:
            size = {"width": WIDTHS[width][0], "height": WIDTHS[width][1]}
            context = await browser.new_context(viewport=size, color_scheme=scheme)
            page = await context.new_page()
            asked, problems = list[str](), list[str]()
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("request", lambda request: asked.append(request.url))
            ticket = (await client.post("/api/ticket")).json()["url"]
            host = ticket.partition("?")[0]
            await page.goto(ticket)
            await expect(page.get_by_text("There are no workspaces yet")).to_be_visible(timeout=PATIENCE)
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert page.url == host

            search = page.get_by_label("Search the templates")
            await search.fill("static site")
            tile = page.get_by_role("button", name="Static site")
            await tile.focus()
            await page.keyboard.press("Enter")
            name = page.get_by_role("dialog").get_by_label("Name", exact=True)
            await expect(name).to_be_focused()
            await name.fill("by-keyboard")
            await page.screenshot(path=ARTEFACTS / f"portal-form-{width}-{scheme}.png")
            await page.keyboard.press("Enter")
            await page.wait_for_url("**/workspace/by-keyboard")
            assert {url for url in asked if not url.startswith(host)} == set()
            await page.wait_for_url(lambda url: url.startswith("http://by-keyboard."), timeout=PATIENCE)

            await page.goto(host)
            row = page.locator("#workspaces li", has_text="by-keyboard")
            await expect(row).to_contain_text("running", timeout=PATIENCE)
            await page.screenshot(path=ARTEFACTS / f"portal-{width}-{scheme}.png")
            await row.get_by_role("button", name="Stop").press("Enter")
            await expect(row).to_contain_text("stopped", timeout=PATIENCE)
            await expect(row.get_by_role("button", name="Start")).to_be_focused()
            await row.get_by_role("button", name="Delete").press("Enter")
            await expect(page.get_by_role("button", name="Keep it")).to_be_focused()
            await page.keyboard.press("Escape")
            await expect(row.get_by_role("button", name="Delete")).to_be_focused()
            await row.get_by_role("button", name="Delete").press("Enter")
            await page.get_by_role("dialog").get_by_role("button", name="Delete").press("Enter")
            await expect(row).to_have_count(0, timeout=PATIENCE)
            assert problems == []
            await context.close()
