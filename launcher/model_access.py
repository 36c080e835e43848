"""Language models for the terminal application: the chosen one, the others, their keys and their costs."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from launcher.experience import ExperienceFile
from launcher.models import budgets_of, chosen_profile, connected_model, ledger_of, server_of
from launcher.paths import Paths
from launcher.secrets import MODEL_KEY, Secrets, model_key
from launcher.settings import Settings
from screens.models.access import KeyPlace, ModelState
from templates.errors import VibeCodeError

if TYPE_CHECKING:
    from launcher.sign_in import Callback
    from templates.edits.formats import EditFormat, Experience
    from templates.generation.verification import Effort
    from templates.models.ledger import Budgets, Totals
    from templates.models.listing import ModelInfo
    from templates.models.metered import MeteredModel
    from templates.models.profiles import Profile, Profiles
    from templates.models.sign_in import SignIn


@dataclass(frozen=True, slots=True)
class OpenSignIn:
    """See `screens.models.access.SigningIn`."""

    page: str
    page_with_code: str
    _attempt: "SignIn"
    _back: "Callback"
    _secrets: Secrets

    async def by_browser(self) -> None:
        await self.by_code(await self._back.code())

    async def by_code(self, code: str) -> None:
        from templates.models.client import http_client
        from templates.models.server import OPENROUTER

        async with http_client() as http:
            await self._secrets.write(OPENROUTER, await self._attempt.exchange(http, code))


@dataclass(frozen=True, slots=True)
class LocalModelAccess:
    """See `screens.models.access.ModelAccess`."""

    settings: Settings
    paths: Paths
    secrets: Secrets
    environ: Mapping[str, str]
    new_sign_in: "Callable[[], SignIn]"

    @property
    def generations(self) -> Path:
        return self.paths.generations

    @property
    def effort(self) -> "Effort":
        from templates.generation.verification import Effort

        return Effort(seconds=self.settings.ai_minutes * 60, repairs=self.settings.ai_repairs)

    @property
    def budgets(self) -> "Budgets":
        return budgets_of(self.settings)

    @property
    def commits(self) -> bool:
        return self.settings.ai_commit

    async def state(self) -> ModelState:
        profile = await asyncio.to_thread(chosen_profile, self.settings, self.paths)
        obstacle = None
        try:
            await server_of(profile, self.secrets, self.environ)
        except VibeCodeError as error:
            obstacle = error
        keeps = await self.secrets.place() == "keyring"
        key: KeyPlace | None = None
        if self.environ.get(MODEL_KEY, "").strip():
            key = "environment"
        elif await model_key(profile.url, self.secrets, {}):
            key = "keyring" if keeps else "run"
        return ModelState(profile, key, obstacle, keeps, self._overridden())

    def _overridden(self) -> tuple[str, ...]:
        chosen = {"ai_url": self.settings.ai_url, "ai_model": self.settings.ai_model}
        return tuple(name for name, value in chosen.items() if value)

    async def profiles(self) -> "Profiles":
        from templates.models.profiles import read_profiles

        return await asyncio.to_thread(read_profiles, self.paths.model_profiles)

    async def models(self) -> "tuple[ModelInfo, ...]":
        from templates.models.client import http_client
        from templates.models.listing import list_models
        from templates.models.server import Server

        profile = await asyncio.to_thread(chosen_profile, self.settings, self.paths)
        key = await model_key(profile.url, self.secrets, self.environ)
        async with http_client() as http:
            return await list_models(http, Server(profile.url, key))

    async def use(self, profile: "Profile") -> None:
        from templates.models.profiles import read_profiles, write_profiles

        def write() -> None:
            file = self.paths.model_profiles
            write_profiles(file, read_profiles(file).using(profile))

        await asyncio.to_thread(write)

    async def keep_key(self, url: str, key: str) -> KeyPlace:
        return await self.secrets.write(url, key)

    async def forget_key(self, url: str) -> bool:
        return await self.secrets.delete(url)

    @asynccontextmanager
    async def sign_in(self) -> AsyncGenerator[OpenSignIn]:
        from launcher.sign_in import callback

        attempt = self.new_sign_in()
        async with callback() as back:
            yield OpenSignIn(attempt.page(back.url), attempt.page(None), attempt, back, self.secrets)

    def connect(self, workspace: str, notice: Callable[[str], object]) -> "AbstractAsyncContextManager[MeteredModel]":
        return connected_model(
            self.settings, self.paths, self.secrets, self.environ, workspace=workspace, notice=notice
        )

    async def totals(self) -> "Totals":
        return await asyncio.to_thread(ledger_of(self.paths).totals)

    async def experience(self, model: str) -> "Mapping[EditFormat, Experience]":
        return await asyncio.to_thread(self._experience.of, model)

    async def learn(self, model: str, style: "EditFormat", placed: int, failed: int) -> None:
        await asyncio.to_thread(self._experience.add, model, style, placed, failed)

    @property
    def _experience(self) -> ExperienceFile:
        return ExperienceFile(self.paths.data / "edit-formats.json")
