"""Language models as the server uses them: a model for a workspace, and what is kept of what it wrote."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from launcher.models import chosen_profile, connected_model, server_of
from launcher.paths import Paths
from launcher.secrets import Secrets
from launcher.settings import Settings
from templates.errors import VibeCodeError
from templates.generation.verification import Effort
from templates.models.model import ChatModel


@dataclass(frozen=True, slots=True)
class Connected:
    """A model that can be asked; `cost` is what it has cost until now in US dollars, None where that is unknown."""

    model: ChatModel
    cost: Callable[[], Decimal | None]


@dataclass(frozen=True, slots=True)
class Ai:
    """`connect` is given the workspace's name; `obstacle` is why no model can be asked, None where one can."""

    connect: Callable[[str], AbstractAsyncContextManager[Connected]]
    obstacle: Callable[[], Awaitable[VibeCodeError | None]]
    generations: Path
    experience: Path
    effort: Effort


def ai_of(settings: Settings, paths: Paths, secrets: Secrets, environ: Mapping[str, str]) -> Ai:
    """The model that the settings choose."""

    @asynccontextmanager
    async def connect(workspace: str) -> AsyncGenerator[Connected]:
        async with connected_model(
            settings, paths, secrets, environ, workspace=workspace, notice=lambda _: None
        ) as metered:
            yield Connected(metered, lambda: metered.spending.cost)

    async def obstacle() -> VibeCodeError | None:
        try:
            await server_of(chosen_profile(settings, paths), secrets, environ)
        except VibeCodeError as error:
            return error
        return None

    return Ai(
        connect,
        obstacle,
        generations=paths.generations,
        experience=paths.data / "edit-formats.json",
        effort=Effort(seconds=settings.ai_minutes * 60, repairs=settings.ai_repairs),
    )
