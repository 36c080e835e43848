"""The toolchains that a template can ask for, beside the Python and Node that every workspace has."""

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

ToolchainName = Literal["go", "rust", "java"]


@dataclass(frozen=True, slots=True)
class Toolchain:
    """`programs` are what its projects call; `website` says how a person installs it."""

    name: ToolchainName
    title: str
    programs: tuple[str, ...]
    website: str


TOOLCHAINS: Mapping[ToolchainName, Toolchain] = {
    "go": Toolchain("go", "Go", ("go",), "https://go.dev/doc/install"),
    "rust": Toolchain("rust", "Rust", ("cargo", "rustc"), "https://www.rust-lang.org/tools/install"),
    "java": Toolchain("java", "Java", ("javac", "mvn"), "https://adoptium.net and https://maven.apache.org"),
}


def titles(names: Iterable[ToolchainName]) -> str:
    """The toolchains' names as a person writes them: `Go and Rust`."""
    return " and ".join(TOOLCHAINS[name].title for name in names)


def programs(names: Iterable[ToolchainName]) -> tuple[str, ...]:
    return tuple(program for name in names for program in TOOLCHAINS[name].programs)


def called_by(*commands: str) -> tuple[ToolchainName, ...]:
    """Those whose programs these shell commands call."""
    words = {word for command in commands for word in re.split(r"[\s;&|()]+", command)}
    return tuple(one.name for one in TOOLCHAINS.values() if words & set(one.programs))


def absent(names: Iterable[ToolchainName] = TOOLCHAINS) -> tuple[ToolchainName, ...]:
    """Those that this machine does not have on PATH; it is looked for on disk."""
    return tuple(name for name in names if not all(map(shutil.which, TOOLCHAINS[name].programs)))


def origin(names: Iterable[ToolchainName], lacking: Iterable[ToolchainName]) -> str:
    """Where a workspace has them from, in a sentence or two; `lacking` are those that are not on PATH."""
    wanted, missing = tuple(names), set(lacking)
    said = [f"{titles(wanted)}: prepared once for the cluster; locally taken from PATH."] if wanted else []
    for one in (TOOLCHAINS[name] for name in wanted if name in missing):
        said.append(f"{one.title} is not on PATH: {one.website}")
    return " ".join(said)
