"""The machine that the program runs on, as far as a hint depends on it."""

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

System = Literal["linux", "wsl", "macos"]
Family = Literal["debian", "fedora", "rhel", "arch", "suse", "alpine", ""]

_FAMILIES: Mapping[str, Family] = {
    "debian": "debian",
    "ubuntu": "debian",
    "rhel": "rhel",
    "centos": "rhel",
    "fedora": "fedora",
    "arch": "arch",
    "suse": "suse",
    "opensuse": "suse",
    "alpine": "alpine",
}


@dataclass(frozen=True, slots=True)
class Host:
    """The system, the family of its Linux distribution (empty where unknown), and whether systemd runs it."""

    system: System = "linux"
    family: Family = ""
    systemd: bool = True


def this_host() -> Host:
    if sys.platform == "darwin":
        return Host("macos", systemd=False)
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    system: System = "wsl" if "microsoft" in platform.release().lower() else "linux"
    return Host(system, family_of(release), systemd=Path("/run/systemd/system").is_dir())


def family_of(release: Mapping[str, str]) -> Family:
    """The family that /etc/os-release names: its own ID first, then what it is like (os-release(5))."""
    for word in (release.get("ID", ""), *release.get("ID_LIKE", "").split()):
        if family := _FAMILIES.get(word.lower()):
            return family
    return ""


def install_docker(host: Host) -> str:
    """How Docker is installed and started here."""
    if host.system == "macos":
        return "`brew install --cask docker-desktop && open -a Docker`, or see https://docs.docker.com/get-docker/."
    start = "sudo systemctl enable --now docker" if host.systemd else "sudo service docker start"
    lines: Mapping[Family, str] = {
        "debian": f"sudo apt install docker.io && {start}",
        "fedora": f"sudo dnf install moby-engine && {start}",
        "arch": f"sudo pacman -S docker && {start}",
        "suse": f"sudo zypper install docker && {start}",
        "alpine": "sudo apk add docker && sudo rc-update add docker && sudo service docker start",
    }
    line = lines.get(host.family)
    here = f"`{line}`" if line else "see https://docs.docker.com/engine/install/ for this system"
    if host.system == "wsl":
        here += ", or install Docker Desktop in Windows and turn on its WSL integration for this distribution"
    return f"{here[0].upper()}{here[1:]}."
