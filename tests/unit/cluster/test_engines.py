"""Several engines as one: where something new goes, what there is, and who holds a name."""

from dataclasses import replace
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.engine import Workspace
from cluster.engines import Engines
from cluster.errors import ClusterDownError, WorkspaceNotFoundError
from templates.project import Manifest, Project
from tests.fakes.engine import FakeEngine

SHOP = Project(Manifest("Shop"), ())


class Down(FakeEngine):
    """An engine that cannot be asked."""

    async def workspaces(self) -> tuple[Workspace, ...]:
        raise ClusterDownError("It is stopped.")


class Other(FakeEngine):
    """A second engine."""

    name = "local"  # pyright: ignore[reportAssignmentType, reportIncompatibleVariableOverride]

    async def workspaces(self) -> tuple[Workspace, ...]:
        return tuple(replace(one, engine="local") for one in await super().workspaces())


@pytest.fixture
def config(tmp_path: Path) -> ClusterConfig:
    return ClusterConfig(home=tmp_path)


async def answers() -> None: ...


async def is_absent() -> str:
    return "Docker is not there"


async def test_something_new_goes_to_the_best_engine_that_can_take_it(config: ClusterConfig) -> None:
    kind, local = FakeEngine(config), Other(config)
    assert (await Engines((kind, local), answers).choose()).engine is kind
    choice = await Engines((kind, local), is_absent).choose()
    assert (choice.engine, choice.reason) == (local, "Docker is not there")
    assert (await Engines((kind,), is_absent).choose()).engine is kind


async def test_all_workspaces_are_seen_and_found_where_they_live(config: ClusterConfig) -> None:
    kind, local = FakeEngine(config), Other(config)
    kind.put("zoo", SHOP)
    local.put("bar", SHOP)
    engines = Engines((kind, local), answers)
    assert [one.name for one in (await engines.everything()).workspaces] == ["bar", "zoo"]
    assert await engines.holding("zoo") is kind
    assert await engines.holding("bar") is local
    with pytest.raises(WorkspaceNotFoundError):
        await engines.holding("nobody")


async def test_an_engine_out_of_reach_is_named_and_hides_nothing_else(config: ClusterConfig) -> None:
    kind, local = Down(config), Other(config)
    local.put("bar", SHOP)
    engines = Engines((kind, local), answers)
    everything = await engines.everything()
    assert [one.name for one in everything.workspaces] == ["bar"]
    assert isinstance(everything.out_of_reach["kind"], ClusterDownError)
    assert await engines.holding("bar") is local
    with pytest.raises(ClusterDownError):
        await engines.holding("perhaps-there")


async def test_where_nothing_can_be_seen_the_reason_is_an_error(config: ClusterConfig) -> None:
    with pytest.raises(ClusterDownError):
        await Engines((Down(config), Other(config)), answers).everything()


async def test_what_an_engine_that_is_down_may_hold_is_started_there(config: ClusterConfig) -> None:
    kind, local = Down(config), Other(config)
    local.put("bar", SHOP)
    engines = Engines((kind, local), answers)
    assert await engines.starting("bar") is local
    assert await engines.starting("shop") is kind
    with pytest.raises(WorkspaceNotFoundError):
        await Engines((FakeEngine(config), local), answers).starting("shop")
