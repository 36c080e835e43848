"""What the places of AI are given: the model in use, the others, their keys, and what they have cost."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from templates.edits.formats import EditFormat, Experience
    from templates.errors import VibeCodeError
    from templates.generation.verification import Effort
    from templates.models.ledger import Budgets, Totals
    from templates.models.listing import ModelInfo
    from templates.models.metered import MeteredModel
    from templates.models.profiles import Profile, Profiles

KeyPlace = Literal["environment", "keyring", "run"]
"""Where a key is: a variable of the environment, the system's keyring, or this program until it ends."""


@dataclass(frozen=True, slots=True)
class ModelState:
    """The model in use: `obstacle` is why it cannot be asked as things are, `key` where its server's key is.

    `keeps` says whether there is a keyring; `overridden` names the settings that go before what is chosen here.
    """

    profile: "Profile"
    key: KeyPlace | None = None
    obstacle: "VibeCodeError | None" = None
    keeps: bool = True
    overridden: tuple[str, ...] = ()


class SigningIn(Protocol):
    """One attempt to sign in to OpenRouter.

    `page` brings the person back here by itself; `page_with_code` shows a code to type, for a browser elsewhere.
    """

    @property
    def page(self) -> str: ...

    @property
    def page_with_code(self) -> str: ...

    async def by_browser(self) -> None:
        """Waits for the person to come back, and keeps the key. Raises SignInError."""
        ...

    async def by_code(self, code: str) -> None:
        """Keeps the key that the code is good for. Raises SignInError."""
        ...


class ModelAccess(Protocol):
    """Nothing of it blocks the event loop; all of it may raise a `ModelError` that says what to do.

    `generations` is the folder of what is being written, `effort` how much a new project may take, `commits` whether
    each change is committed in the workspace's Git.
    """

    @property
    def generations(self) -> Path: ...

    @property
    def effort(self) -> "Effort": ...

    @property
    def budgets(self) -> "Budgets": ...

    @property
    def commits(self) -> bool: ...

    async def state(self) -> ModelState: ...

    async def profiles(self) -> "Profiles": ...

    async def models(self) -> "tuple[ModelInfo, ...]":
        """What the server in use has."""
        ...

    async def use(self, profile: "Profile") -> None:
        """This server and model from now on."""
        ...

    async def keep_key(self, url: str, key: str) -> KeyPlace:
        """Keeps the key for this server in the best place that there is, and answers which."""
        ...

    async def forget_key(self, url: str) -> bool:
        """Whether there was one."""
        ...

    def sign_in(self) -> AbstractAsyncContextManager[SigningIn]: ...

    def connect(self, workspace: str, notice: Callable[[str], object]) -> "AbstractAsyncContextManager[MeteredModel]":
        """The model in use, paid for by this workspace's budget; `notice` is told what is waited for."""
        ...

    async def totals(self) -> "Totals": ...

    async def experience(self, model: str) -> "Mapping[EditFormat, Experience]":
        """How well the model's edits have found their place here."""
        ...

    async def learn(self, model: str, style: "EditFormat", placed: int, failed: int) -> None:
        """Adds to that."""
        ...
