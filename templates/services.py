"""The services that a template can ask for, and the variables by which its code finds them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

ServiceName = Literal["postgresql", "redis"]


@dataclass(frozen=True, slots=True)
class Service:
    """`variable` holds the service's URL, with the password, in all that runs in the workspace."""

    name: ServiceName
    title: str
    variable: str


SERVICES: Mapping[ServiceName, Service] = {
    "postgresql": Service("postgresql", "PostgreSQL", "DATABASE_URL"),
    "redis": Service("redis", "Redis", "REDIS_URL"),
}


def titles(names: Iterable[ServiceName]) -> str:
    """The services' names as a person writes them: `PostgreSQL and Redis`."""
    return " and ".join(SERVICES[name].title for name in names)
