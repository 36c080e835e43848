"""The workspace image with toolchains: what it is called and built from, and how it gets into the node."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from cluster.config import ClusterConfig, Images
from cluster.errors import ImageBuildError, ImageLoadError
from cluster.kind import toolchain_image
from cluster.kind.image import workspace_image
from templates.events import Event, StepDone, StepFailed, StepProgress, Steps, StepStarted
from templates.toolchains import TOOLCHAINS, ToolchainName
from tests.fakes.containers import Containers

NODE = "shop-control-plane"
ROOT = Path(__file__).parents[3]
PACKAGES = toolchain_image.PACKAGES


@pytest.fixture
def config(tmp_path: Path) -> ClusterConfig:
    return ClusterConfig(home=tmp_path / "home", cluster="shop")


@pytest.fixture
def own(config: ClusterConfig) -> ClusterConfig:
    """With a workspace image of the person's own."""
    return ClusterConfig(home=config.home, cluster=config.cluster, images=Images(workspace="me/tools:2"))


@pytest.fixture
def ready(containers: Containers, config: ClusterConfig) -> Containers:
    """Docker has the plain workspace image."""
    containers.add_to_docker(workspace_image(config))
    (containers.folder / "archive").write_bytes(b"layers")
    return containers


async def prepare(config: ClusterConfig, *names: ToolchainName) -> list[Event]:
    events: list[Event] = []
    await toolchain_image.prepare(config, names, NODE, Steps(events.append))
    return events


def notes(events: Sequence[Event]) -> dict[str, str | None]:
    return {event.step: event.note for event in events if isinstance(event, StepDone)}


def test_its_name_says_what_is_in_it_and_follows_from_what_it_is_built_from(config: ClusterConfig) -> None:
    other = ClusterConfig(home=config.home, images=Images(code_server="mirror.example/code-server:4.139.1"))
    go = toolchain_image.image_with(config, ["go"])

    assert re.fullmatch(r"localhost/vibecode/workspace-go:[0-9a-f]{12}", go)
    assert toolchain_image.image_with(config, ["go"]) == go
    assert toolchain_image.image_with(other, ["go"]) != go
    assert toolchain_image.image_with(config, ["rust"]).startswith("localhost/vibecode/workspace-rust:")


def test_several_toolchains_are_one_image_in_whatever_order(config: ClusterConfig) -> None:
    both = toolchain_image.image_with(config, ["rust", "go"])

    assert both.startswith("localhost/vibecode/workspace-go-rust:")
    assert toolchain_image.image_with(config, ["go", "rust"]) == both


def test_without_toolchains_or_with_a_persons_image_it_is_the_plain_one(
    config: ClusterConfig, own: ClusterConfig
) -> None:
    assert toolchain_image.image_with(config, []) == workspace_image(config)
    assert toolchain_image.image_with(own, ["go"]) == "me/tools:2"


def test_every_toolchain_has_packages_whose_names_need_no_quotes() -> None:
    assert PACKAGES.keys() == TOOLCHAINS.keys()
    for packages in PACKAGES.values():
        assert packages
        assert all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", package) for package in packages)


async def test_it_is_built_on_the_workspace_image_and_given_to_the_node(
    ready: Containers, config: ClusterConfig
) -> None:
    ready.play("build", "Step 1/6 : ARG BASE", "Step 5/6 : RUN apt-get update", "Setting up golang-go (2:1.24) ...")
    image = toolchain_image.image_with(config, ["go"])

    events = await prepare(config, "go")

    packages = " ".join(PACKAGES["go"])
    arguments = ["--build-arg", f"BASE={workspace_image(config)}", "--build-arg", f"PACKAGES={packages}"]
    assert ready.calls("docker", "build") == [["docker", "build", "--tag", image, *arguments, "-"]]
    assert (ready.folder / "dockerfile").read_bytes() == (ROOT / "cluster/image/toolchain.Dockerfile").read_bytes()
    assert (ready.folder / "saved").read_text() == image
    assert [event.title for event in events if isinstance(event, StepStarted)] == [
        "Preparing the Go toolchain, once",
        "Giving the Go toolchain to the cluster",
    ]
    told = [(event.text, event.fraction) for event in events if isinstance(event, StepProgress)]
    assert ("Setting up golang-go (2:1.24) ...", 4 / 6) in told
    assert notes(events) == {"toolchain": None, "toolchain-load": None}


async def test_it_is_neither_built_nor_given_again(ready: Containers, config: ClusterConfig) -> None:
    await prepare(config, "go", "java")

    again = await prepare(config, "java", "go")

    assert len(ready.calls("docker", "build")) == len(ready.calls("kind", "load")) == 1
    assert notes(again) == {"toolchain": "was prepared before", "toolchain-load": "was there already"}


async def test_a_workspace_image_that_docker_lost_is_built_first(containers: Containers, config: ClusterConfig) -> None:
    containers.add_to_docker(config.images.code_server)
    (containers.folder / "archive").write_bytes(b"layers")

    events = await prepare(config, "go")

    built = [call[3] for call in containers.calls("docker", "build")]
    assert built == [workspace_image(config), toolchain_image.image_with(config, ["go"])]
    assert notes(events)["toolchain"] is None


async def test_without_toolchains_nothing_is_done(containers: Containers, config: ClusterConfig) -> None:
    assert await prepare(config) == []
    assert not containers.calls()


async def test_of_a_persons_image_it_is_said_what_it_must_have(containers: Containers, own: ClusterConfig) -> None:
    events = await prepare(own, "go", "java")

    assert notes(events) == {"toolchain": "me/tools:2 is used as it is; it must have `go`, `javac`, `mvn`"}
    assert not containers.calls()


async def test_a_build_that_fails_says_why(ready: Containers, config: ClusterConfig) -> None:
    ready.play("build", "E: Unable to locate package gopls", code=100)
    events: list[Event] = []

    with pytest.raises(ImageBuildError, match="Unable to locate package gopls"):
        await toolchain_image.prepare(config, ["go"], NODE, Steps(events.append))

    assert isinstance(events[-1], StepFailed)
    assert events[-1].log == ("E: Unable to locate package gopls",)
    assert not ready.calls("kind", "load")


async def test_a_load_that_fails_is_completed_by_the_next_call(ready: Containers, config: ClusterConfig) -> None:
    ready.play("load", "ERROR: failed to load", code=1)
    with pytest.raises(ImageLoadError):
        await prepare(config, "rust")
    ready.play("load")

    assert notes(await prepare(config, "rust")) == {"toolchain": "was prepared before", "toolchain-load": None}


async def test_a_cancelled_build_leaves_nothing_running_and_is_done_by_the_next_call(
    ready: Containers, config: ClusterConfig
) -> None:
    ready.play("build", then="hang")
    task = asyncio.create_task(prepare(config, "go"))
    async with asyncio.timeout(20):
        while not (ready.folder / "build.hangs").exists():
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ready.running() == []
    ready.play("build")

    assert notes(await prepare(config, "go")) == {"toolchain": None, "toolchain-load": None}
