"""The portal that the terminal application serves."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from cluster.engines import Engines
from launcher import paths
from launcher.portal_access import LocalPortalAccess
from launcher.serve.access import ServeFolder
from launcher.serve.contact import running_url
from launcher.settings import Settings
from tests.fakes.engine import FakeEngine
from tests.fakes.secrets import MemorySecrets
from tests.unit.launcher.serve.conftest import none

FREE = Settings(serve_port=0, base_domain="localhost")


@pytest.fixture
def engines(engine: FakeEngine) -> Engines:
    return Engines((engine,), none)


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[LocalPortalAccess]:
    portal = access(tmp_path)
    yield portal
    await portal.close()


def access(home: Path, settings: Settings = FREE) -> LocalPortalAccess:
    return LocalPortalAccess(settings, paths.find({"VIBECODE_HOME": str(home)}), MemorySecrets(), {})


def folder(home: Path) -> ServeFolder:
    return ServeFolder(paths.find({"VIBECODE_HOME": str(home)}).data / "serve")


async def test_it_lets_browsers_in_until_it_is_closed(portal: LocalPortalAccess, engines: Engines) -> None:
    first, second = await portal.entrance(engines), await portal.entrance(engines)
    assert first.partition("?")[0] == second.partition("?")[0]
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as browser:
        assert "<title>VibeCode" in (await browser.get(first)).text
        await portal.close()
        with pytest.raises(httpx.ConnectError):
            await browser.get(second)


async def test_a_server_that_runs_already_is_the_one(
    portal: LocalPortalAccess, engines: Engines, tmp_path: Path
) -> None:
    first = await portal.entrance(engines)
    other = access(tmp_path)
    assert (await other.entrance(engines)).partition("?")[0] == first.partition("?")[0]
    await other.close()
    assert (await portal.entrance(engines)).startswith(first.partition("?")[0])


async def test_it_is_served_from_the_start_where_the_setting_says_so(engines: Engines, tmp_path: Path) -> None:
    quiet, serving = access(tmp_path), access(tmp_path, replace(FREE, serve=True))
    assert await quiet.begin(engines) == ""
    assert running_url(folder(tmp_path)) is None
    assert await serving.begin(engines) == ""
    await serving.close()


async def test_why_it_cannot_be_served_is_told(portal: LocalPortalAccess, engines: Engines, tmp_path: Path) -> None:
    taken = int((await portal.entrance(engines)).partition("localhost:")[2].partition("/")[0])
    other = access(tmp_path / "another home", replace(FREE, serve=True, serve_port=taken))
    assert f"port {taken}" in await other.begin(engines)
    await other.close()
