"""What each service is: its program, what it needs, and how its code is told where it is.

Sources: PostgreSQL's and Redis' reference manuals; the official images, whose user has the number 999.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cluster.config import Images
from templates.services import ServiceName

DATA = "/data"
SECRETS = "/run/service"
"""Where a service's pod finds its volume, and its Secret as files."""

_POSTGRESQL = f"""
set -eu
PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)"  # where Debian has them
if [ ! -d {DATA}/main ]; then
  rm -rf {DATA}/new
  initdb --pgdata={DATA}/new --username=app --pwfile={SECRETS}/password --encoding=UTF8 \\
    --auth-local=trust --auth-host=scram-sha-256
  echo 'host all all all scram-sha-256' >>{DATA}/new/pg_hba.conf
  echo 'CREATE DATABASE app;' | postgres --single -D {DATA}/new postgres
  sync
  mv {DATA}/new {DATA}/main
fi
exec postgres -D {DATA}/main -c listen_addresses='*' -c unix_socket_directories=/tmp
"""
"""The database appears whole or not at all: the image's own script takes one that was cut off for finished."""


@dataclass(frozen=True, slots=True)
class ServiceProgram:
    """`command` runs in the image; `probe` ends well once it can be used; `memory` is the most that it may take.

    `url` and `files` are made of the host and the password: what the code is told, and what the Secret holds for the
    program itself. `environment` names variables that the program takes the password from.
    """

    image: Callable[[Images], str]
    port: int
    command: tuple[str, ...]
    probe: tuple[str, ...]
    memory: str
    url: Callable[[str, str], str]
    files: Callable[[str], Mapping[str, str]]
    environment: tuple[str, ...] = ()
    user: int = 999


def _redis_configuration(password: str) -> Mapping[str, str]:
    lines = (f"requirepass {password}", f"dir {DATA}", "appendonly yes", "maxmemory 192mb")
    return {"redis.conf": "".join(f"{line}\n" for line in lines)}


PROGRAMS: Mapping[ServiceName, ServiceProgram] = {
    "postgresql": ServiceProgram(
        image=lambda images: images.postgresql,
        port=5432,
        command=("sh", "-c", _POSTGRESQL),
        probe=("pg_isready", "--host=127.0.0.1", "--username=app", "--quiet"),
        memory="512Mi",
        url=lambda host, password: f"postgresql://app:{password}@{host}:5432/app",
        files=lambda _: {},
    ),
    "redis": ServiceProgram(
        image=lambda images: images.redis,
        port=6379,
        command=("redis-server", f"{SECRETS}/redis.conf"),
        probe=("sh", "-c", "redis-cli ping | grep -qx PONG"),
        memory="256Mi",
        url=lambda host, password: f"redis://:{password}@{host}:6379/0",
        files=_redis_configuration,
        environment=("REDISCLI_AUTH",),
    ),
}
