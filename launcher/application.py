"""Opens the terminal application, and gives it what it reaches outside of itself."""

import asyncio
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from launcher import __version__
from launcher.browser import browse, obstacle
from launcher.output.console import Console
from launcher.paths import Paths
from launcher.settings import LoadedSettings
from launcher.wiring import Services, build_engines, config_of

if TYPE_CHECKING:
    from screens.services import Services as ScreenServices
    from templates.rum import Rum

SHELL = ("sh", "-c", "exec $(command -v bash || command -v sh)")
"""The best shell that a workspace has."""


@dataclass(frozen=True, slots=True)
class SystemBrowser:
    """See `screens.services.Browser`."""

    environ: Mapping[str, str]
    opener: Callable[[str], bool]
    wanted: bool

    def obstacle(self) -> str | None:
        return obstacle(self.environ, terminal=True) if self.wanted else "the setting `open_browser` says so"

    async def open(self, url: str) -> bool:
        return await browse(url, self.opener)


def can_open(console: Console) -> bool:
    """Whether there is a terminal that the application can draw on, and a person to read it."""
    streams = (console.stdout, console.stderr)  # Textual draws on the latter
    terminal = console.stdin_is_terminal and all(one.isatty() for one in streams) and not console.as_json
    return terminal and console.environ.get("TERM", "") not in ("", "dumb")


def open_application(console: Console, loaded: LoadedSettings, paths: Paths, services: Services) -> int:
    """Runs the application until the person leaves it; the exit code."""
    from screens.app import VibeCodeApp
    from screens.themes import theme_of, wanted_theme

    automatic = wanted_theme(console.environ)
    theme = theme_of(loaded.values.theme, automatic)
    app = VibeCodeApp(screen_services(console, loaded, paths, services), theme, automatic)

    async def run() -> None:
        for number in (signal.SIGTERM, signal.SIGHUP):  # the terminal is given back as it was
            asyncio.get_running_loop().add_signal_handler(number, app.exit)
        await app.run_async()

    asyncio.run(run())
    return app.return_code or 0


def screen_services(console: Console, loaded: LoadedSettings, paths: Paths, services: Services) -> "ScreenServices":
    from launcher.datadog_access import LocalDatadogAccess
    from launcher.model_access import LocalModelAccess
    from launcher.portal_access import LocalPortalAccess
    from launcher.settings_store import FileSettings
    from launcher.sources import catalog_of, sources_of
    from screens.services import Services as ScreenServices

    config, secrets = config_of(loaded.values, paths), services.secrets()

    async def shell(name: str) -> int:
        command = (sys.executable, "-m", "launcher", "exec", name, "--", *SHELL)
        return await (await asyncio.create_subprocess_exec(*command)).wait()

    def rum() -> "Rum | None":
        from launcher.rum import rum_of

        return rum_of(loaded, console.environ)

    return ScreenServices(
        engines=lambda: build_engines(loaded.values, paths, services),
        browser=SystemBrowser(console.environ, services.browse, loaded.values.open_browser),
        shell=shell,
        examine=lambda: services.examine(config),
        repair=lambda diagnosis: services.repair(config, diagnosis),
        settings=FileSettings(paths, console.environ, loaded, secrets),
        models=LocalModelAccess(loaded.values, paths, secrets, console.environ, services.sign_in),
        datadog=LocalDatadogAccess(
            loaded, secrets, console.environ, services.datadog_url, config, services.agent_cluster
        ),
        portal=LocalPortalAccess(loaded.values, paths, secrets, console.environ, rum),
        sources=lambda: sources_of(paths),
        catalog=catalog_of(paths),
        rum=rum,
        log_file=paths.log_file,
        version=__version__,
        first_frame=services.first_frame,
    )
