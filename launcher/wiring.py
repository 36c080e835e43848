"""What the program is put together from; whoever calls `cli.main` may put in others."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster.config import ClusterConfig
from cluster.engine import Engine
from cluster.errors import EngineUnavailableError
from launcher import __version__
from launcher.browser import open_url
from launcher.paths import Paths, private_folder
from launcher.settings import Settings, cluster_config
from templates.events import Event

if TYPE_CHECKING:
    from cluster.doctor.check import Diagnosis


def kind_engine(config: ClusterConfig) -> Engine:
    from cluster.kind.engine import KindEngine

    return KindEngine(config)


async def examine(config: ClusterConfig) -> "Diagnosis":
    from cluster.doctor.examine import examine

    return await examine(config)


def repair(config: ClusterConfig, diagnosis: "Diagnosis") -> AsyncIterator[Event]:
    from cluster.doctor.repair import repair

    return repair(config, diagnosis)


@dataclass(frozen=True, slots=True)
class Services:
    """How the outside world is reached."""

    kind: Callable[[ClusterConfig], Engine] = kind_engine
    examine: Callable[[ClusterConfig], "Awaitable[Diagnosis]"] = examine
    repair: Callable[[ClusterConfig, "Diagnosis"], AsyncIterator[Event]] = repair
    browse: Callable[[str], bool] = open_url


def config_of(settings: Settings, paths: Paths) -> ClusterConfig:
    return cluster_config(settings, paths.data, __version__)


def build_engine(settings: Settings, paths: Paths, services: Services) -> Engine:
    """The engine that the setting `engine` names; raises EngineUnavailableError where it is not there yet."""
    match settings.engine:
        case "auto" | "kind":
            private_folder(paths.data)
            return services.kind(config_of(settings, paths))
        case "context" | "local":
            raise EngineUnavailableError(f"The engine `{settings.engine}` is not there yet; `kind` is.")
