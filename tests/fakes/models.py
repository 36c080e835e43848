"""`ModelAccess` over a scripted model: keys in memory, the money in a real ledger."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from screens.models.access import KeyPlace, ModelState
from templates.edits.formats import EditFormat, Experience
from templates.errors import VibeCodeError
from templates.generation.verification import Effort
from templates.models.errors import NoKeyError, SignInError
from templates.models.ledger import Account, Budgets, Ledger, Totals
from templates.models.listing import ModelInfo
from templates.models.metered import MeteredModel
from templates.models.model import ChatModel
from templates.models.prices import Prices
from templates.models.profiles import Profile, Profiles
from templates.models.server import OPENROUTER

MILLION = Decimal(1_000_000)
SONNET = "~anthropic/claude-sonnet-latest"
LISTED = (
    ModelInfo(SONNET, "Claude Sonnet", 200_000, 64_000, Prices(Decimal(3) / MILLION, Decimal(15) / MILLION)),
    ModelInfo("free/small", "Small", 32_000, None, Prices(Decimal(0), Decimal(0))),
    ModelInfo("local/unpriced", "Unpriced"),
)


class NobodyAsks:
    """A model for tests in which none is asked."""

    id = "nobody"
    context = None

    def answer(self, *_: object, **__: object) -> AsyncGenerator[object]:
        raise AssertionError("this model was not to be asked")


@dataclass
class FakeSigningIn:
    """The browser comes back as soon as it is waited for, unless `back` is an error."""

    access: "FakeModels"
    page: str = "https://openrouter.ai/auth?callback_url=http://localhost:5000/callback"
    page_with_code: str = "https://openrouter.ai/auth?key_label=VibeCode"

    async def by_browser(self) -> None:
        await self.access.comes_back()
        self.access.keys[OPENROUTER] = "sk-from-the-browser"

    async def by_code(self, code: str) -> None:
        if code != "good":
            raise SignInError("OpenRouter did not take the code (it answered 403).")
        self.access.keys[OPENROUTER] = "sk-from-a-code"


async def at_once() -> None: ...


@dataclass
class FakeModels:
    """See `screens.models.access.ModelAccess`; `error` meets whoever lists models or asks one."""

    folder: Path
    model: ChatModel = field(default_factory=NobodyAsks)  # type: ignore[arg-type]
    keys: dict[str, str] = field(default_factory=lambda: {OPENROUTER: "sk-kept"})
    place: KeyPlace = "keyring"
    chosen: Profiles = field(default_factory=Profiles)
    listed: tuple[ModelInfo, ...] = LISTED
    error: VibeCodeError | None = None
    overridden: tuple[str, ...] = ()
    comes_back: Callable[[], Awaitable[None]] = at_once
    budgets: Budgets = field(default_factory=Budgets)
    commits: bool = False
    effort: Effort = field(default_factory=Effort)
    learnt: list[tuple[str, EditFormat, int, int]] = field(default_factory=list[tuple[str, EditFormat, int, int]])

    @property
    def generations(self) -> Path:
        return self.folder / "generations"

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.folder / "usage.sqlite")

    async def state(self) -> ModelState:
        profile = self.chosen.current
        key = self.place if profile.url in self.keys else None
        missing = NoKeyError("OpenRouter answers those who have signed in.")
        obstacle = missing if key is None and profile.url == OPENROUTER else None
        return ModelState(profile, key, obstacle, self.place != "run", self.overridden)

    async def profiles(self) -> Profiles:
        return self.chosen

    async def models(self) -> tuple[ModelInfo, ...]:
        if self.error is not None:
            raise self.error
        return self.listed

    async def use(self, profile: Profile) -> None:
        self.chosen = self.chosen.using(profile)

    async def keep_key(self, url: str, key: str) -> KeyPlace:
        self.keys[url] = key
        return self.place

    async def forget_key(self, url: str) -> bool:
        return self.keys.pop(url, None) is not None

    @asynccontextmanager
    async def sign_in(self) -> AsyncGenerator[FakeSigningIn]:
        yield FakeSigningIn(self)

    @asynccontextmanager
    async def connect(self, workspace: str, notice: Callable[[str], object]) -> AsyncGenerator[MeteredModel]:
        if self.error is not None:
            raise self.error
        if obstacle := (await self.state()).obstacle:
            raise obstacle
        account = Account(self.chosen.current.url, self.model.id, workspace)
        prices = self.listed[0].prices if self.listed else None
        yield MeteredModel(self.model, prices, self.ledger, self.budgets, account)

    async def totals(self) -> Totals:
        return self.ledger.totals()

    async def experience(self, model: str) -> Mapping[EditFormat, Experience]:
        return {}

    async def learn(self, model: str, style: EditFormat, placed: int, failed: int) -> None:
        self.learnt.append((model, style, placed, failed))
