"""What each service is: its program, how it is started in its place, and how code is told where it is.

Sources: PostgreSQL's and Redis' reference manuals.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from templates.services import ServiceName

_POSTGRESQL = """
set -eu
data=$1 secrets=$2 listen=$3 port=$4
PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)"  # where Debian has them
if [ ! -d "$data/main" ]; then
  rm -rf "$data/new"
  initdb --pgdata="$data/new" --username=app --pwfile="$secrets/password" --encoding=UTF8 \\
    --auth-local=trust --auth-host=scram-sha-256
  echo 'host all all all scram-sha-256' >>"$data/new/pg_hba.conf"
  echo 'CREATE DATABASE app;' | postgres --single -D "$data/new" postgres
  sync
  mv "$data/new" "$data/main"
fi
exec postgres -D "$data/main" -c listen_addresses="$listen" -c port="$port" -c unix_socket_directories=
"""
"""The database appears whole or not at all: the official image's script takes one that was cut off for finished."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service keeps its data and finds its secrets (folders), and the address and port it listens on."""

    data: str
    secrets: str
    listen: str
    port: int


@dataclass(frozen=True, slots=True)
class ServiceProgram:
    """`command` starts it in its place; `secrets` are the files that it must find there, by name.

    `url`, of host, port and password, is what code is told; `port` is the usual one; `needs` are programs, of which
    one must be there.
    """

    needs: tuple[str, ...]
    port: int
    command: Callable[[Place], tuple[str, ...]]
    secrets: Callable[[Place, str], Mapping[str, str]]
    url: Callable[[str, int, str], str]


def _redis_configuration(place: Place, password: str) -> str:
    lines = (
        f"bind {place.listen}",
        f"port {place.port}",
        f"requirepass {password}",
        f'dir "{place.data}"',
        "appendonly yes",
        "maxmemory 192mb",
    )
    return "".join(f"{line}\n" for line in lines)


PROGRAMS: Mapping[ServiceName, ServiceProgram] = {
    "postgresql": ServiceProgram(
        needs=("initdb",),
        port=5432,
        command=lambda place: (
            *("sh", "-c", _POSTGRESQL, "postgresql"),
            *(place.data, place.secrets, place.listen, str(place.port)),
        ),
        secrets=lambda _, password: {"password": password},
        url=lambda host, port, password: f"postgresql://app:{password}@{host}:{port}/app",
    ),
    "redis": ServiceProgram(
        needs=("redis-server",),
        port=6379,
        command=lambda place: ("redis-server", f"{place.secrets}/redis.conf"),
        secrets=lambda place, password: {"redis.conf": _redis_configuration(place, password)},
        url=lambda host, port, password: f"redis://:{password}@{host}:{port}/0",
    ),
}
