"""What the program is put together from; whoever calls `cli.main` may put in others."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cluster.config import ClusterConfig
from cluster.engine import Engine
from cluster.engines import Engines
from cluster.errors import EngineUnavailableError
from launcher import __version__
from launcher.browser import open_url
from launcher.paths import Paths, private_folder
from launcher.secrets import KeyringSecrets, Secrets
from launcher.settings import Settings, cluster_config
from templates.errors import VibeCodeError
from templates.events import Event

if TYPE_CHECKING:
    from cluster.doctor.check import Diagnosis
    from cluster.kube.api import Kube
    from templates.models.sign_in import SignIn

DOCKER_PATIENCE = 5
"""Seconds until a Docker that says nothing counts as one that is not there."""


def kind_engine(config: ClusterConfig) -> Engine:
    from cluster.kind.engine import KindEngine

    return KindEngine(config)


def local_engine(config: ClusterConfig) -> Engine:
    from cluster.local.engine import LocalEngine

    return LocalEngine(config)


async def docker_obstacle() -> str | None:
    """Why there can be no cluster in Docker here; None where Docker answers."""
    from cluster.kind.docker import connect

    try:
        await asyncio.to_thread(lambda: connect(DOCKER_PATIENCE).close())
    except VibeCodeError as error:
        return f"{error.title[0].lower()}{error.title[1:]}".replace("docker", "Docker")
    return None


async def examine(config: ClusterConfig) -> "Diagnosis":
    from cluster.doctor.examine import examine

    return await examine(config)


def repair(config: ClusterConfig, diagnosis: "Diagnosis") -> AsyncIterator[Event]:
    from cluster.doctor.repair import repair

    return repair(config, diagnosis)


def sign_in() -> "SignIn":
    from templates.models.sign_in import SignIn

    return SignIn()


def agent_cluster(config: ClusterConfig) -> "AbstractAsyncContextManager[Kube]":
    from cluster.datadog.agent.connection import agent_cluster

    return agent_cluster(config)


def datadog_url(site: str) -> str:
    from cluster.datadog.sites import api_url

    return api_url(site)


@dataclass(frozen=True, slots=True)
class Services:
    """How the outside world is reached."""

    kind: Callable[[ClusterConfig], Engine] = kind_engine
    local: Callable[[ClusterConfig], Engine] = local_engine
    docker_obstacle: Callable[[], Awaitable[str | None]] = docker_obstacle
    examine: Callable[[ClusterConfig], "Awaitable[Diagnosis]"] = examine
    repair: Callable[[ClusterConfig, "Diagnosis"], AsyncIterator[Event]] = repair
    browse: Callable[[str], bool] = open_url
    secrets: Callable[[], Secrets] = KeyringSecrets
    sign_in: Callable[[], "SignIn"] = sign_in
    datadog_url: Callable[[str], str] = datadog_url
    first_frame: Callable[[], None] = lambda: None
    """Told that the terminal application has drawn its first frame."""
    agent_cluster: Callable[[ClusterConfig], "AbstractAsyncContextManager[Kube]"] = agent_cluster


def config_of(settings: Settings, paths: Paths) -> ClusterConfig:
    return cluster_config(settings, paths.data, __version__)


def engine_named(name: Literal["kind", "local"], settings: Settings, paths: Paths, services: Services) -> Engine:
    """One engine, whatever the setting `engine` says."""
    private_folder(paths.data)
    return (services.kind if name == "kind" else services.local)(config_of(settings, paths))


def build_engines(settings: Settings, paths: Paths, services: Services) -> Engines:
    """The engines that the setting `engine` allows; raises EngineUnavailableError where it is not there yet."""
    private_folder(paths.data)
    config = config_of(settings, paths)
    match settings.engine:
        case "auto":
            engines = (services.kind(config), services.local(config))
        case "kind":
            engines = (services.kind(config),)
        case "local":
            engines = (services.local(config),)
        case "context":
            raise EngineUnavailableError("The engine `context` is not there yet; `kind` and `local` are.")
    return Engines(engines, services.docker_obstacle)
