"""code-server from its npm package on a machine without a compiler: needs a package registry, and no Docker."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from cluster.config import ClusterConfig
from cluster.kind.ports import free_port
from cluster.local.engine import LocalEngine
from cluster.local.folders import LocalFolder
from cluster.local.install.install import install_code_server
from cluster.local.install.npm import from_npm, has_compiler
from cluster.local.install.program import find_program
from templates.catalog import Catalog
from templates.events import Step
from templates.render import render
from tests.e2e.editor import Editor
from tests.e2e.test_local import done, written

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("this machine")]

COMPILERS = ("gcc", "g++", "cc", "c++", "make", "clang", "cpp")
LEFT_OUT = ("code-server", "node", "npm", "npx")


@pytest.fixture
def without_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PATH has what a small machine has."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for one in Path("/usr/bin").iterdir():
        if one.name not in LEFT_OUT and not any(part in one.name for part in COMPILERS):
            (programs / one.name).symlink_to(one)
    monkeypatch.setenv("PATH", str(programs))
    assert not has_compiler(os.environ)


@pytest.fixture
async def engine(tmp_path: Path, without_compiler: None) -> AsyncIterator[LocalEngine]:
    config = ClusterConfig(home=tmp_path / "a home ü", http_port=free_port())
    assert find_program(config.home, os.environ) is None
    await install_code_server(config, Step("code-server", lambda _: None), ways=(from_npm,))
    engine = LocalEngine(config)
    yield engine
    await done(engine.down())


async def test_the_npm_package_without_a_compiler_is_a_whole_editor(
    engine: LocalEngine, tmp_path: Path, browser: Browser
) -> None:
    await done(engine.create("shop", render(Catalog().load("static-site"), {"name": "shop"})))
    editor = Editor(await browser.new_page())

    await editor.open(await engine.entrance("shop"))
    assert await editor.readme_title() == "shop"  # shown by an extension, so that these run
    await editor.open_terminal()
    await editor.type_line('node --version >"$HOME/version"; echo "$?" >"$HOME/told"')

    home = LocalFolder(tmp_path / "a home ü").workspace("shop").home
    assert await written(home / "told") == "0\n"
    assert (home / "version").read_text().startswith("v24.")
