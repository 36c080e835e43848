"""The workspace image with toolchains: built by Docker on top of the plain one, once, and given to the node."""

from collections.abc import Mapping, Sequence

from cluster.config import ClusterConfig
from cluster.kind.image import REPOSITORY, Recipe, dockerfile, in_docker, workspace_image
from cluster.kind.image_build import build, run_build
from cluster.kind.image_load import load_image
from templates.events import Step, Steps
from templates.toolchains import TOOLCHAINS, ToolchainName, programs, titles

PACKAGES: Mapping[ToolchainName, tuple[str, ...]] = {
    "go": ("golang-go", "gopls", "delve"),
    "rust": ("cargo", "rustc", "rustfmt", "rust-clippy", "rust-src"),
    "java": ("default-jdk-headless", "maven"),
}
"""Debian's, each with what its editor's extension calls: language server, debugger, formatter, linter, sources."""


def image_with(config: ClusterConfig, names: Sequence[ToolchainName]) -> str:
    """The image of workspaces with these toolchains: the person's own, else ours; the plain one if there are none."""
    if config.images.workspace or not names:
        return workspace_image(config)
    return _recipe(config, names).image


async def prepare(config: ClusterConfig, names: Sequence[ToolchainName], node: str, steps: Steps) -> None:
    """The node has the image when this returns; can be called again after any interruption.

    Raises ImageBuildError, ImageLoadError, KindMissingError, and the errors of a Docker that does not answer.
    """
    if not names:
        return
    async with steps.step("toolchain", f"Preparing {_kit(names)}, once", expected=90) as step:
        await _build(config, names, step)
    if not config.images.workspace:
        async with steps.step("toolchain-load", f"Giving {_kit(names)} to the cluster", expected=30) as step:
            await load_image(config, image_with(config, names), node, step)


async def mend(config: ClusterConfig, names: Sequence[ToolchainName], node: str, step: Step) -> None:
    """As `prepare`, of an image of ours and within another step."""
    await _build(config, names, step)
    await load_image(config, image_with(config, names), node, step)


async def _build(config: ClusterConfig, names: Sequence[ToolchainName], step: Step) -> None:
    if config.images.workspace:
        needed = ", ".join(f"`{program}`" for program in programs(names))
        step.note = f"{config.images.workspace} is used as it is; it must have {needed}"
        return
    recipe = _recipe(config, names)
    if await in_docker(recipe.image):
        step.note = "was prepared before"
        return
    await build(config, step)
    step.note = None
    await run_build(recipe, step)


def _recipe(config: ClusterConfig, names: Sequence[ToolchainName]) -> Recipe:
    ordered: list[ToolchainName] = [name for name in TOOLCHAINS if name in names]
    packages = " ".join(package for name in ordered for package in PACKAGES[name])
    arguments = {"BASE": workspace_image(config), "PACKAGES": packages}
    return Recipe(f"{REPOSITORY}-{'-'.join(ordered)}", dockerfile("toolchain.Dockerfile"), arguments)


def _kit(names: Sequence[ToolchainName]) -> str:
    return f"the {titles(names)} toolchain{'s' if len(names) > 1 else ''}"
