"""The portal for the terminal application: served in it, unless a server of this person runs already."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from importlib import import_module
from typing import TYPE_CHECKING

from cluster.engines import Engines
from launcher import __version__
from launcher.paths import Paths
from launcher.secrets import Secrets
from launcher.settings import Settings
from templates.errors import VibeCodeError

if TYPE_CHECKING:
    from launcher.serve.run import Served
    from templates.rum import Rum


class LocalPortalAccess:
    """See `screens.services.PortalAccess`; `rum` is what the portal tells Datadog of its use by."""

    def __init__(
        self,
        settings: Settings,
        paths: Paths,
        secrets: Secrets,
        environ: Mapping[str, str],
        rum: "Callable[[], Rum | None]" = lambda: None,
    ) -> None:
        self._settings = settings
        self._paths = paths
        self._secrets = secrets
        self._environ = environ
        self._rum = rum
        self._beginning = asyncio.Lock()
        self._kept = AsyncExitStack()
        self._served: Served | None = None

    async def begin(self, engines: Engines) -> str:
        if self._settings.serve:
            try:
                await self.entrance(engines)
            except VibeCodeError as error:
                return error.detail
        return ""

    async def entrance(self, engines: Engines) -> str:
        await asyncio.to_thread(import_module, "launcher.serve.run")  # slow to import
        async with self._beginning:
            if self._served is None:
                if (url := await self._running()) is not None:
                    return url
                self._served = await self._serve(engines)
            return self._served.entrance

    async def close(self) -> None:
        await self._kept.aclose()

    async def _running(self) -> str | None:
        """A way into a server that runs already."""
        from launcher.serve.access import ServeFolder
        from launcher.serve.contact import running_url

        return await asyncio.to_thread(running_url, ServeFolder(self._paths.data / "serve"))

    async def _serve(self, engines: Engines) -> "Served":
        from launcher.serve.access import ServeFolder
        from launcher.serve.ai import ai_of
        from launcher.serve.run import Listening, served
        from launcher.sources import catalog_of

        settings, folder = self._settings, ServeFolder(self._paths.data / "serve")
        ai = ai_of(settings, self._paths, self._secrets, self._environ)
        listening, catalog = Listening(settings.serve_port), catalog_of(self._paths)
        server = served(engines, listening, folder, settings.base_domain, __version__, ai, catalog, self._rum())
        return await self._kept.enter_async_context(server)
