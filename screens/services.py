"""What the terminal application is given: everything that it reaches outside of itself."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cluster.engines import Engines
from templates.catalog import Catalog
from templates.events import Event

if TYPE_CHECKING:
    from cluster.doctor.check import Diagnosis
    from screens.datadog.access import DatadogAccess
    from screens.models.access import ModelAccess
    from screens.settings.store import SettingsStore
    from templates.rum import Rum
    from templates.sources.change import Sources


class Browser(Protocol):
    """The person's browser."""

    def obstacle(self) -> str | None:
        """Why none can be opened, in words; None where one can."""
        ...

    async def open(self, url: str) -> bool:
        """Opens the address; whether that was possible."""
        ...


class PortalAccess(Protocol):
    """The page with all workspaces that a browser shows; what it is served with lives until `close`."""

    async def begin(self, engines: Engines) -> str:
        """Serves it where the settings ask for that; why it cannot be served, as a sentence, else empty."""
        ...

    async def entrance(self, engines: Engines) -> str:
        """The address by which a browser gets in, once; served from now on, if it is not yet.

        Raises a VibeCodeError that says why it cannot be served.
        """
        ...

    async def close(self) -> None: ...


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Services:
    """How the outside world is reached.

    `engines` imports what is slow to import, so it is called beside the event loop, once, after the first frame.
    `sources`, where the person's own templates come from, is called beside it too.
    `shell` runs a shell of the named workspace on the terminal that the application has left for it. `first_frame` is
    told once something is drawn. `rum` is what pages of new projects tell Datadog of their use by; it raises
    DatadogSiteError.
    """

    engines: Callable[[], Engines]
    browser: Browser
    shell: Callable[[str], Awaitable[int]]
    examine: "Callable[[], Awaitable[Diagnosis]]"
    repair: "Callable[[Diagnosis], AsyncIterator[Event]]"
    settings: "SettingsStore"
    models: "ModelAccess"
    datadog: "DatadogAccess"
    portal: PortalAccess
    sources: "Callable[[], Sources]"
    log_file: Path
    version: str
    catalog: Catalog = field(default_factory=Catalog)
    rum: "Callable[[], Rum | None]" = lambda: None
    now: Callable[[], datetime] = utc_now
    first_frame: Callable[[], None] = lambda: None
