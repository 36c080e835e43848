"""The application on a fake engine, with a clock that stands still: what every test of a screen begins with."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from cluster.engine import Usage
from cluster.engines import Engines
from screens.app import VibeCodeApp
from screens.services import Services
from templates.errors import VibeCodeError
from templates.project import Manifest, Project, ProjectFile
from templates.sources.change import Sources
from templates.sources.source import SourceBook
from tests.fakes.datadog import FakeDatadog
from tests.fakes.engine import FakeEngine
from tests.fakes.models import FakeModels
from tests.fakes.settings import FakeSettings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIZES = {"normal": (120, 40), "small": (80, 24), "wide": (200, 50)}


@dataclass
class FakeBrowser:
    """See `screens.services.Browser`; `opened` are the addresses that it was asked for."""

    reason: str | None = None
    opened: list[str] = field(default_factory=list[str])

    def obstacle(self) -> str | None:
        return self.reason

    async def open(self, url: str) -> bool:
        self.opened.append(url)
        return True


@dataclass
class FakePortal:
    """See `screens.services.PortalAccess`; with an `error` it cannot be served."""

    error: VibeCodeError | None = None
    closed: bool = False

    async def begin(self, engines: Engines) -> str:
        return "" if self.error is None else self.error.detail

    async def entrance(self, engines: Engines) -> str:
        if self.error is not None:
            raise self.error
        return "http://vibecode.localhost:8420/?ticket=abc"

    async def close(self) -> None:
        self.closed = True


@dataclass
class Stage:
    """What the application reaches outside of itself; `app()` opens it on that."""

    engine: FakeEngine
    services: Services
    browser: FakeBrowser
    shells: list[str]

    def app(self, theme: str = "vibecode-dark", **services: Any) -> VibeCodeApp:
        """The application; named services take the place of the stage's own."""
        app = VibeCodeApp(replace(self.services, **services), theme)
        app.animation_level = "none"
        return app


def stage_of(engine: FakeEngine, log_file: Path) -> Stage:
    browser, shells = FakeBrowser(), list[str]()

    async def docker_answers() -> None: ...

    async def shell(name: str) -> int:
        shells.append(name)
        return 0

    book = SourceBook(engine.config.home / "template-sources.json", engine.config.home / "templates")
    services = Services(
        engines=lambda: Engines((engine,), docker_answers),
        browser=browser,
        shell=shell,
        examine=_nobody_examines,
        repair=_nobody_repairs,
        settings=FakeSettings(),
        models=FakeModels(engine.config.home / "models"),
        datadog=FakeDatadog(),
        portal=FakePortal(),
        sources=lambda: Sources(book, ()),
        log_file=log_file,
        version="1.0",
        now=lambda: NOW,
    )
    return Stage(engine, services, browser, shells)


async def _nobody_examines() -> Any:
    raise AssertionError("a test that examines brings its own")


def _nobody_repairs(_: object) -> Any:
    raise AssertionError("a test that repairs brings its own")


def put(engine: FakeEngine, name: str, template: str = "python-fastapi", *, hours: int = 1, **changes: object) -> None:
    """A workspace that is there from the start, made `hours` ago."""
    manifest = Manifest(title=name, template=template, ports=(8000,))
    engine.put(name, Project(manifest, (ProjectFile("README.md", b"# Hello\n"),)))
    engine.change(name, created=NOW - timedelta(hours=hours), **changes)


def put_five(engine: FakeEngine) -> None:
    """Workspaces in every state, as a person may have them."""
    put(engine, "api", hours=2)
    put(engine, "blog", "static-site", hours=50, state="stopped", reason="it was stopped")
    reason = "The editor stops by itself: out of memory (2Gi are allowed)."
    put(engine, "dashboard", "node-express", hours=5, state="failed", reason=reason)
    put(engine, "shop", hours=300)
    put(engine, "worker", "node-express", hours=1, state="creating", reason="the editor is starting")
    engine.use("api", Usage(cpu=230, memory=412 * 2**20))
    engine.use("shop", Usage(cpu=4, memory=1300 * 2**20))


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Lets the application go on until this is so; the test's own timeout ends what never comes."""
    while not condition():
        await asyncio.sleep(0)
        await pilot.pause()
    await pilot.pause()


async def seen(pilot: Pilot[None]) -> None:
    """Until the engine and what its workspaces take have been seen."""
    app = pilot.app
    assert isinstance(app, VibeCodeApp)
    store = app.shared.store

    def known() -> bool:
        snapshot = store.snapshot
        views = [view for view in snapshot.engines if view.error is None]
        running = [one.name for view in views for one in view.workspaces if one.state == "running"]
        return (
            not snapshot.loading
            and snapshot.chosen is not None
            and all(view.status is not None for view in views)
            and all(snapshot.usage(name) for name in running)
        )

    await until(pilot, known)
