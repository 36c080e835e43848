"""How code-server is started for a local workspace: its command line and its environment."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from cluster.dependencies.tasks import SHELL_PATH, waiting_shell
from cluster.local.folders import Sockets, WorkspaceFolder
from cluster.local.service_records import variables
from cluster.manifests.workspace import Address
from cluster.packages import cache_variables
from templates.project import ProjectFile

MARKER = "VIBECODE_WORKSPACE_FOLDER"
"""Every process of a workspace is started with it; by it they are found again."""

EDITOR_MARKER = "VIBECODE_EDITOR_FOLDER"
"""What the editor starts has it too: it ends with the editor, unlike files on their way and commands from outside."""

PASSED_ON = frozenset(
    (
        *("PATH", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "SHELL"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
        *("GIT_SSL_CAINFO", "EXTENSIONS_GALLERY"),
        *("GOPROXY", "GONOPROXY", "GOPRIVATE", "GOSUMDB", "GONOSUMDB", "GOTOOLCHAIN"),
        *("GOMODCACHE", "GOCACHE"),
        *("RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "JAVA_HOME", "MAVEN_OPTS"),
    )
)
PASSED_ON_PREFIXES = ("LC_", "PIP_", "UV_", "NPM_CONFIG_", "npm_config_", "CARGO_HTTP_", "CARGO_NET_", "CARGO_SOURCE_")
"""What a person has set so that programs speak their language and reach the network; nothing else of theirs."""


PROFILES = (".profile", ".zprofile")
PROFILE = b"""# /etc/profile sets PATH anew; a terminal of this workspace has the one that its editor was started with.
PATH=${VIBECODE_PATH:-$PATH}
"""

MACHINE_SETTINGS_PATH = ".local/share/code-server/Machine/settings.json"
"""What holds on this machine alone: no move to another engine takes it along."""

MACHINE_SETTINGS = {
    # The ports of all other programs are on this machine, too: only those that a terminal tells of are offered.
    "remote.autoForwardPortsSource": "output",
}

TASK_SHELL = """
if command -v bash >/dev/null 2>&1; then exec bash "$@"; fi
exec "${SHELL:-/bin/sh}" "$@"
"""


def local_files(folder: WorkspaceFolder) -> tuple[ProjectFile, ...]:
    """What a new home folder holds beside what every engine puts there.

    The profiles are for the login shells that VS Code asks for the environment of its terminals.
    """
    profiles = tuple(ProjectFile(name, PROFILE) for name in PROFILES)
    shell = {"path": str(folder.home / SHELL_PATH)}
    settings = MACHINE_SETTINGS | {f"terminal.integrated.automationProfile.{one}": shell for one in ("linux", "osx")}
    content = json.dumps(settings, indent=2).encode() + b"\n"
    return (*profiles, ProjectFile(MACHINE_SETTINGS_PATH, content), waiting_shell(TASK_SHELL))


def passed_on(environ: Mapping[str, str]) -> dict[str, str]:
    passed = {
        name: value for name, value in environ.items() if name in PASSED_ON or name.startswith(PASSED_ON_PREFIXES)
    }
    rustup = Path(environ.get("HOME", "/")) / ".rustup"
    if "RUSTUP_HOME" not in passed and rustup.is_dir():  # its `cargo` looks for Rust in HOME, which becomes another
        passed["RUSTUP_HOME"] = str(rustup)
    return passed


def command(program: Path, folder: WorkspaceFolder, sockets: Sockets, address: Address) -> tuple[str, ...]:
    """The command line; the socket's mode and its folder's are what keeps other users out."""
    return (
        str(program),
        "--socket",
        str(sockets.editor(folder.name)),
        "--socket-mode",
        "600",
        "--auth",
        "none",
        "--disable-telemetry",
        "--disable-update-check",
        "--disable-workspace-trust",
        "--disable-getting-started-override",
        "--proxy-domain",
        address.proxy_domain,
        "--app-name",
        folder.name,
        str(folder.project),
    )


def environment(
    folder: WorkspaceFolder, sockets: Sockets, environ: Mapping[str, str], programs: str = "", packages: str = ""
) -> dict[str, str]:
    """What all of the workspace's processes are started with.

    `programs`, folders as in PATH, are looked in last; `packages` is the folder of the shared caches, empty where each
    workspace has its own. A cache that the person has chosen for themselves is theirs.
    """
    passed = (cache_variables(packages) if packages else {}) | passed_on(environ)
    own = str(folder.home / ".local" / "bin")
    path = os.pathsep.join([own, passed.get("PATH", os.defpath), *([programs] if programs else [])])
    return (
        passed
        | variables(folder)
        | {
            "PATH": path,
            "VIBECODE_PATH": path,
            "SHELL": passed.get("SHELL", "/bin/sh"),
            "HOME": str(folder.home),
            "TMPDIR": str(sockets.temporary(folder.name)),
            "XDG_RUNTIME_DIR": str(sockets.runtime(folder.name)),
            "VIBECODE_WORKSPACE": folder.name,
            MARKER: str(folder.path),
        }
    )
