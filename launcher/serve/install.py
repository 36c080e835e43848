"""A service of the person's own that keeps the server running: a systemd user unit, or an agent of launchd."""

import os
import plistlib
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cluster.local.files import told
from launcher.paths import find

LABEL = "dev.vibecode.serve"
UNIT = "vibecode.service"


@dataclass(frozen=True, slots=True)
class ServiceUnit:
    """A file that is to be written, and the commands that begin and end what it describes."""

    path: Path
    content: str
    enable: str
    remove: str


def unit_of(environ: Mapping[str, str], port: int, platform: str = sys.platform) -> ServiceUnit:
    """For this installation of the program, with the folders and variables of VibeCode that are set now.

    Sources: systemd.service(5), systemd.unit(5); launchd.plist(5).
    """
    command = (str(Path(sys.executable).parent / "vibecode"), "serve", "--port", str(port))
    kept = {name: value for name, value in environ.items() if _kept(name)} | {"PATH": environ.get("PATH", os.defpath)}
    if platform == "darwin":
        return _agent(command, kept, find(environ, platform).logs)
    return _systemd(command, kept, environ)


def write_unit(unit: ServiceUnit) -> None:
    """For its owner alone, since variables may be private."""
    with told(unit.path):
        unit.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(unit.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(unit.content)
        unit.path.chmod(0o600)


def _kept(name: str) -> bool:
    """Settings; keys stay out of files."""
    return name.startswith("VIBECODE_") and not name.endswith("_KEY")


def _systemd(command: tuple[str, ...], variables: Mapping[str, str], environ: Mapping[str, str]) -> ServiceUnit:
    configuration = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    lines = [
        "[Unit]",
        "Description=VibeCode: the HTTP API and the portal",
        "",
        "[Service]",
        f"ExecStart={' '.join(_quoted(part.replace('$', '$$')) for part in command)}",
        *(f"Environment={_quoted(f'{name}={value}')}" for name, value in sorted(variables.items())),
        "Restart=on-failure",
        "RestartSec=5",
        "UMask=0077",
        "",
        "[Install]",
        "WantedBy=default.target",
        "",
    ]
    return ServiceUnit(
        configuration / "systemd" / "user" / UNIT,
        "\n".join(lines),
        enable=f"systemctl --user daemon-reload && systemctl --user enable --now {UNIT}",
        remove=f"systemctl --user disable --now {UNIT}",
    )


def _quoted(text: str) -> str:
    """One word of a unit's line, in which C's escapes and `%` would mean something."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("\n", "\\n")
    return f'"{escaped}"'


def _agent(command: tuple[str, ...], variables: Mapping[str, str], logs: Path) -> ServiceUnit:
    path = Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    content = plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(command),
            "EnvironmentVariables": dict(variables),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "StandardErrorPath": str(logs / "serve.log"),
            "Umask": 0o077,
        }
    ).decode()
    quoted = shlex.quote(str(path))
    return ServiceUnit(
        path,
        content,
        enable=f"launchctl bootstrap gui/$(id -u) {quoted}",
        remove=f"launchctl bootout gui/$(id -u)/{LABEL}",
    )
