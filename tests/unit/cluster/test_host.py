import pytest

from cluster.host import Host, family_of, install_docker, this_host


@pytest.mark.parametrize(
    ("release", "family"),
    [
        ({"ID": "debian"}, "debian"),
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, "debian"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "debian"),
        ({"ID": "fedora"}, "fedora"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "rhel"),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "arch"),
        ({"ID": "opensuse-tumbleweed", "ID_LIKE": "opensuse suse"}, "suse"),
        ({"ID": "alpine"}, "alpine"),
        ({"ID": "nixos"}, ""),
        ({}, ""),
    ],
)
def test_the_family_of_a_distribution(release: dict[str, str], family: str) -> None:
    assert family_of(release) == family


@pytest.mark.parametrize(
    ("host", "line"),
    [
        (Host("linux", "debian"), "`sudo apt install docker.io && sudo systemctl enable --now docker`."),
        (Host("linux", "debian", systemd=False), "`sudo apt install docker.io && sudo service docker start`."),
        (Host("linux", "fedora"), "sudo dnf install moby-engine"),
        (Host("linux", "arch"), "sudo pacman -S docker"),
        (Host("linux", "suse"), "sudo zypper install docker"),
        (Host("linux", "alpine", systemd=False), "sudo apk add docker"),
        (Host("linux", "rhel"), "See https://docs.docker.com/engine/install/"),
        (Host("wsl", "debian"), "or install Docker Desktop in Windows"),
        (Host("macos", systemd=False), "brew install --cask docker-desktop"),
    ],
)
def test_how_docker_is_installed_here(host: Host, line: str) -> None:
    assert line in install_docker(host)


def test_this_machine_is_one_that_the_program_runs_on() -> None:
    assert this_host().system in ("linux", "wsl", "macos")
