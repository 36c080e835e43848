"""The Docker that the `docker` command would use, since `kind` calls that command, and why it does not answer."""

import grp
import ipaddress
import os
import re
import shutil
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cluster.errors import DockerDeniedError, DockerDownError, DockerMissingError, DockerRemoteError
from cluster.host import Host, install_docker, this_host
from templates.errors import VibeCodeError

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.tls import TLSConfig


_USER = re.compile(r"//[^/@\s]*@")
"""A user's name and password in an address: never shown."""

_SOCKETS = ("unix:///var/run/docker.sock", "unix:///run/docker.sock")
"""Where the Docker that the system runs listens."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where Docker is: its address, and what names that address (`DOCKER_HOST`, or a context)."""

    url: str
    source: str
    tls: "TLSConfig | None" = None

    def __str__(self) -> str:
        parts = urlsplit(self.url)  # without a user's name and password
        return f"{f'{parts.hostname}:{parts.port}' if parts.hostname else parts.path} ({self.source})"

    @property
    def remote(self) -> bool:
        """Whether it is on another machine, whose loopback ports cannot be reached from here."""
        parts = urlsplit(self.url)
        return parts.scheme in {"http", "https", "ssh"} and not _this_machine(parts.hostname or "localhost")


def find_endpoint() -> Endpoint:
    """The address that DOCKER_HOST names, else the context of DOCKER_CONTEXT or of Docker's configuration.

    Raises DockerDownError for a context that does not exist and an address that is none.
    """
    from docker.context import ContextAPI
    from docker.context.config import get_current_context_name
    from docker.errors import DockerException
    from docker.utils import kwargs_from_env, parse_host

    named = os.environ.get("DOCKER_HOST")
    context = os.environ.get("DOCKER_CONTEXT") or get_current_context_name()
    source = "DOCKER_HOST" if named else f"context {context}"
    try:
        found = kwargs_from_env() if named else ContextAPI.kwargs_from_context(context)
        if not (url := found.get("base_url")):
            raise DockerDownError(
                f"There is no Docker context {context!r}.",
                hint="`unset DOCKER_CONTEXT; docker context use default`, then run the same command again.",
            )
        tls = found.get("tls")
        return Endpoint(str(parse_host(url, tls=bool(tls))).removeprefix("http+"), source, tls)
    except (DockerException, OSError, ValueError) as error:
        raise DockerDownError(
            f"Docker's address ({source}) cannot be used: {_USER.sub('//', str(error))}",
            hint="`unset DOCKER_HOST` or `docker context use default`, then run the same command again.",
        ) from error


def connect(timeout: int = 60) -> "DockerClient":
    """A client of the Docker on this machine, once it has answered; `timeout` in seconds is for each request.

    Blocks, so call it off the event loop. Raises DockerMissingError, DockerDownError, DockerDeniedError, and
    DockerRemoteError for a Docker on another machine.
    """
    from docker import DockerClient
    from docker.errors import DockerException

    endpoint = find_endpoint()
    if endpoint.remote:
        raise DockerRemoteError(f"{endpoint} is not on this machine; what runs there has no address here.")
    try:
        _knock(endpoint, timeout)
        return DockerClient(endpoint.url, timeout=timeout, tls=endpoint.tls or False, use_ssh_client=True)
    except (DockerException, OSError) as error:
        raise _explain(error, endpoint, timeout, this_host()) from error


@contextmanager
def docker_client(timeout: int = 60) -> Generator["DockerClient"]:
    """As `connect`, for the length of a block; a Docker that goes away meanwhile raises the same errors."""
    from requests.exceptions import ConnectionError as LostError
    from requests.exceptions import Timeout
    from urllib3.exceptions import HTTPError

    client = connect(timeout)
    try:
        yield client
    except (LostError, Timeout, HTTPError) as error:
        raise _explain(error, find_endpoint(), timeout, this_host()) from error
    finally:
        client.close()


def docker_command() -> Path | None:
    """The `docker` command on PATH, unless it is Podman's stand-in."""
    found = shutil.which("docker")
    if found is None:
        return None
    path = Path(found)
    try:
        with path.open("rb") as file:
            stand_in = file.read(2) == b"#!" and b"podman" in file.read(4096)
    except OSError:  # may be run, not read
        stand_in = False
    return None if stand_in or "podman" in path.resolve().name else path


def _knock(endpoint: Endpoint, timeout: float) -> None:
    """Connects and leaves: an OSError says why that fails, which the client's own errors bury."""
    parts = urlsplit(endpoint.url)
    if parts.scheme == "unix":
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
            knock.settimeout(timeout)
            knock.connect(parts.path)
    else:
        socket.create_connection((parts.hostname, parts.port), timeout).close()


def _explain(error: Exception, endpoint: Endpoint, timeout: int, host: Host) -> VibeCodeError:
    """Why Docker did not answer; `error` is the operating system's, or the client's."""
    if isinstance(error, PermissionError):
        return DockerDeniedError(f"This account may not use {endpoint}.", hint=_admit())
    start, restart = remedies(endpoint, host)
    causes = tuple(_causes(error))
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return DockerDownError(
            f"{endpoint} did not answer within {timeout} s.",
            hint=f"It may still be starting: run the same command again. If it hangs: {restart}",
        )
    if isinstance(error, FileNotFoundError) and docker_command() is None:
        return DockerMissingError(
            f"There is no `docker` command, and nothing at {endpoint}.", hint=install_docker(host)
        )
    if isinstance(error, FileNotFoundError | ConnectionRefusedError):
        return DockerDownError(f"Nothing answers at {endpoint}.", hint=start)
    return DockerDownError(f"{endpoint} does not answer: {causes[-1]}.", hint=start)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _this_machine(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name in {"localhost", socket.gethostname()}


def _admit() -> str:
    """What lets this account use Docker's socket; a membership counts from the next sign-in on."""
    try:
        group = grp.getgrnam("docker")
    except KeyError:
        return "Run `sudo groupadd -f docker && sudo usermod -aG docker $USER`, restart Docker, sign out and in again."
    if os.environ.get("USER") in group.gr_mem and group.gr_gid not in os.getgroups():
        return "You joined the group `docker` after signing in: run `newgrp docker`, or sign out and in again."
    return DockerDeniedError.hint


_PROGRAMS = {
    "colima": ("colima start", "colima restart"),
    "orbstack": ("orb start", "orb restart docker"),
    "rancher-desktop": ("rdctl start", "rdctl shutdown && rdctl start"),
    "/.rd/": ("rdctl start", "rdctl shutdown && rdctl start"),
}
"""What starts and restarts a Docker of that name, or with its socket in a folder of that name."""


def remedies(endpoint: Endpoint, host: Host) -> tuple[str, str]:
    """What starts and what restarts the Docker at this address."""
    again = "then run the same command again."
    named = f"{endpoint.source} {endpoint.url}".lower()
    for word, (start, restart) in _PROGRAMS.items():
        if word in named:
            return f"`{start}`, {again}", f"`{restart}`."
    if "desktop" in named and host.system == "linux":
        service = "systemctl --user {} docker-desktop"
    elif "/run/user/" in named:
        service = "systemctl --user {} docker"
    elif endpoint.source == "DOCKER_HOST" and endpoint.url not in _SOCKETS:
        return f"`unset DOCKER_HOST`, or start the Docker that is to listen there, {again}", "`unset DOCKER_HOST`."
    elif host.system == "macos":
        return f"`open -a Docker`, wait until it runs, {again}", "quit Docker Desktop, and `open -a Docker`."
    else:
        service = "sudo systemctl {} docker" if host.systemd else "sudo service docker {}"
    desktop = " (or open Docker Desktop in Windows)" if host.system == "wsl" else ""
    return f"`{service.format('start')}`{desktop}, {again}", f"`{service.format('restart')}`{desktop}."
