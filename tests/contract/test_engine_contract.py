"""What every engine must do. An engine joins by a subclass that gives the fixture `engine`, brought up or not."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from cluster.config import ClusterConfig
from cluster.engine import Activity, Engine, ExecSession, TerminalSize, Workspace, WorkspaceState
from cluster.errors import (
    ClusterBusyError,
    WorkspaceExistsError,
    WorkspaceNameError,
    WorkspaceNotFoundError,
    WorkspaceStoppedError,
)
from templates.events import Event, StepDone, StepStarted
from templates.project import Manifest, Project, ProjectFile
from tests.fakes.engine import FakeEngine

PROJECT = Project(
    Manifest(title="A shop", template="python-fastapi", ports=(8000,), user="ada@example.com"),
    (
        ProjectFile("README.md", b"# A shop\n"),
        ProjectFile("src/app.py", b"print('hello')\n"),
        ProjectFile("bin/run", b"#!/bin/sh\necho run\n", mode=0o755),
    ),
)


async def done(events: AsyncIterator[Event]) -> list[Event]:
    return [event async for event in events]


async def run(engine: Engine, name: str, *command: str, stdin: bytes = b"") -> tuple[int, bytes, bytes]:
    """A command's exit code, standard output and standard error."""
    session = await engine.exec(name, command)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(feed(session, stdin))
            printed = group.create_task(collect(session))
    finally:
        await session.close()
    return session.exit_code, printed.result()["stdout"], printed.result()["stderr"]


async def seen(watch: AsyncGenerator[tuple[Workspace, ...]], name: str, state: WorkspaceState) -> Workspace:
    """The workspace once a watch says that it is in this state."""
    async with asyncio.timeout(60):
        async for every in watch:
            for one in every:
                if (one.name, one.state) == (name, state):
                    return one
    raise AssertionError("the watch has ended")


async def unseen(watch: AsyncGenerator[tuple[Workspace, ...]], name: str) -> None:
    """Returns once a watch says that there is no such workspace."""
    async with asyncio.timeout(60):
        async for every in watch:
            if name not in [one.name for one in every]:
                return
    raise AssertionError("the watch has ended")


async def feed(session: ExecSession, stdin: bytes) -> None:
    if stdin:
        await session.write(stdin)
    await session.close_stdin()


async def collect(session: ExecSession) -> dict[str, bytes]:
    printed = {"stdout": b"", "stderr": b""}
    async for stream, data in session.output():
        printed[stream] += data
    return printed


class EngineContract(ABC):
    """Workspaces: each test has names of its own, so that an engine may be shared."""

    @abstractmethod
    @pytest.fixture
    def engine(self) -> Engine: ...

    @pytest.fixture
    def base_domain(self) -> str:
        return "vibecode.localhost"

    @pytest.fixture
    async def name(self, engine: Engine) -> AsyncIterator[str]:
        """A free name; what a test has made of it is deleted."""
        name = f"contract-{uuid4().hex[:8]}"
        yield name
        with contextlib.suppress(WorkspaceNotFoundError):
            await done(engine.delete(name))

    @pytest.fixture
    async def workspace(self, engine: Engine, name: str) -> str:
        """The name of a workspace that runs."""
        await done(engine.create(name, PROJECT))
        return name

    @pytest.fixture
    def standing(self, workspace: str) -> str:
        """The same, for tests that leave it as it was: all may be given one where making them takes long."""
        return workspace

    async def test_a_created_workspace_runs_below_the_base_domain(
        self, engine: Engine, standing: str, base_domain: str
    ) -> None:
        found = await engine.workspace(standing)

        assert (found.name, found.state, found.engine) == (standing, "running", engine.name)
        assert found.url.startswith(f"http://{standing}.{base_domain}")
        assert (found.template, found.user) == ("python-fastapi", "ada@example.com")
        assert found.created is not None
        assert found.created.utcoffset() is not None

    async def test_what_the_project_serves_has_its_own_address(
        self, engine: Engine, standing: str, base_domain: str
    ) -> None:
        assert set((found := await engine.workspace(standing)).ports) == {8000}
        assert found.ports[8000].startswith(f"http://8000-{standing}.{base_domain}")

    async def test_another_port_can_be_opened_twice_and_keeps_its_address(
        self, engine: Engine, workspace: str, base_domain: str
    ) -> None:
        first = await engine.open_port(workspace, 3000)
        second = await engine.open_port(workspace, 3000)

        assert first == second
        assert first.startswith(f"http://3000-{workspace}.{base_domain}")
        assert (await engine.workspace(workspace)).ports[3000] == first

    async def test_workspaces_are_listed_by_name(self, engine: Engine, standing: str) -> None:
        names = [one.name for one in await engine.workspaces()]

        assert standing in names
        assert names == sorted(names)
        assert standing in [one.name for one in (await engine.status()).workspaces]

    async def test_a_watch_tells_at_once_what_there_is(self, engine: Engine, standing: str) -> None:
        async with contextlib.aclosing(engine.watch()) as watch:
            told = await anext(watch)

        every = [replace(one, idle_since=None) for one in await engine.workspaces()]
        assert [one for one in told if one.name == standing] == [one for one in every if one.name == standing]
        assert [one.name for one in told] == sorted(one.name for one in told)

    async def test_a_watch_tells_each_change(self, engine: Engine, name: str) -> None:
        async with contextlib.aclosing(engine.watch()) as watch:
            await unseen(watch, name)
            await done(engine.create(name, PROJECT))
            found = await seen(watch, name, "running")
            assert found == replace(await engine.workspace(name), idle_since=None)
            address = await engine.open_port(name, 3000)
            while 3000 not in found.ports:
                found = await seen(watch, name, "running")
            assert found.ports[3000] == address
            await done(engine.stop(name))
            assert await seen(watch, name, "stopped") == await engine.workspace(name)
            await done(engine.delete(name))
            await unseen(watch, name)

    async def test_who_leaves_a_watch_leaves_nothing_behind(self, engine: Engine, standing: str) -> None:
        before = asyncio.all_tasks()
        async with contextlib.aclosing(engine.watch()) as watch:
            await seen(watch, standing, "running")
            with pytest.raises(TimeoutError):  # cancelled while it waits
                await asyncio.wait_for(seen(watch, standing, "failed"), 0.05)
        assert asyncio.all_tasks() <= before
        async with contextlib.aclosing(engine.watch()) as watch:
            assert await seen(watch, standing, "running")

    async def test_what_a_running_workspace_takes_is_known_soon(self, engine: Engine, standing: str) -> None:
        async with asyncio.timeout(60):  # a kubelet looks every ten seconds
            while (usage := (await engine.usage()).get(standing)) is None or None in (usage.cpu, usage.memory):
                await asyncio.sleep(0.05)

        assert usage.cpu is not None
        assert usage.memory is not None
        assert 0 <= usage.cpu < 64_000
        assert 2**20 < usage.memory < 2**34

    async def test_a_stopped_workspace_takes_nothing_and_is_not_idle(self, engine: Engine, workspace: str) -> None:
        await done(engine.stop(workspace))

        assert workspace not in await engine.usage()
        assert workspace not in await engine.idle_since()

    async def test_idle_since_is_told_of_all_as_of_one(self, engine: Engine, standing: str) -> None:
        assert (await engine.idle_since()).get(standing) == (await engine.workspace(standing)).idle_since

    async def test_activity_tells_what_runs_and_what_happened(self, engine: Engine, standing: str) -> None:
        own, every = await engine.activity(standing), await engine.activity()

        assert [(one.workspace, one.state) for one in own.units] == [(standing, "running")]
        assert own.occurrences
        assert {one.workspace for one in own.occurrences} == {standing}
        times = [one.time for one in every.occurrences]
        assert times == sorted(times)
        assert {one.utcoffset() for one in times} == {timedelta(0)}
        assert {(one.kind, one.name) for one in own.units} <= {(one.kind, one.name) for one in every.units}
        assert all(one.words and one.reason and one.count > 0 for one in every.occurrences)

    async def test_creating_tells_its_steps_and_when_the_editor_is_ready(self, engine: Engine, name: str) -> None:
        started, ended, ways_in = [], [], []
        async for event in engine.create(name, PROJECT):
            if isinstance(event, StepStarted):
                started.append(event.step)
            elif isinstance(event, StepDone):
                ended.append(event.step)
                if event.step == "ready":  # and not only when all is done
                    ways_in.append(await engine.entrance(name))
        assert sorted(started) == sorted(ended)
        assert len(ways_in) == 1
        assert ways_in[0].startswith((await engine.workspace(name)).url)

    async def test_seeded_files_are_there_with_their_modes(self, engine: Engine, standing: str) -> None:
        assert await run(engine, standing, "cat", "README.md", "src/app.py") == (0, b"# A shop\nprint('hello')\n", b"")
        assert await run(engine, standing, "./bin/run") == (0, b"run\n", b"")

    async def test_a_name_is_given_once(self, engine: Engine, standing: str) -> None:
        with pytest.raises(WorkspaceExistsError):
            await done(engine.create(standing, PROJECT))

        assert (await engine.workspace(standing)).state == "running"

    async def test_of_two_at_once_with_one_name_one_is_told(self, engine: Engine, name: str) -> None:
        results = await asyncio.gather(
            done(engine.create(name, PROJECT)), done(engine.create(name, PROJECT)), return_exceptions=True
        )

        refused = [one for one in results if isinstance(one, BaseException)]
        assert [type(one) in (WorkspaceExistsError, ClusterBusyError) for one in refused] == [True]
        assert (await engine.workspace(name)).state == "running"

    @pytest.mark.parametrize("bad", ["", "Shop", "-shop", "shop-", "1shop", "my.shop", "a" * 41, "auth", "../etc"])
    async def test_bad_names_are_refused(self, engine: Engine, bad: str) -> None:
        with pytest.raises(WorkspaceNameError):
            await done(engine.create(bad, PROJECT))

        assert bad not in [one.name for one in await engine.workspaces()]

    async def test_a_stopped_workspace_keeps_its_files_and_address(self, engine: Engine, workspace: str) -> None:
        before = await engine.workspace(workspace)
        await run(engine, workspace, "sh", "-c", "cat > notes.txt", stdin=b"kept")

        await done(engine.stop(workspace))
        assert (await engine.workspace(workspace)).state == "stopped"
        await done(engine.start(workspace))

        after = await engine.workspace(workspace)
        assert (after.state, after.url, after.ports) == ("running", before.url, before.ports)
        assert await run(engine, workspace, "cat", "notes.txt") == (0, b"kept", b"")

    async def test_stopping_and_starting_twice_changes_nothing(self, engine: Engine, workspace: str) -> None:
        await done(engine.start(workspace))
        assert (await engine.workspace(workspace)).state == "running"
        await done(engine.stop(workspace))
        await done(engine.stop(workspace))
        assert (await engine.workspace(workspace)).state == "stopped"

    async def test_nothing_runs_in_a_stopped_workspace(self, engine: Engine, workspace: str) -> None:
        await done(engine.stop(workspace))

        with pytest.raises(WorkspaceStoppedError):
            await engine.exec(workspace, ["true"])

    async def test_deleting_one_leaves_the_others(self, engine: Engine, standing: str) -> None:
        other = f"{standing}-2"
        await done(engine.create(other, PROJECT))

        await done(engine.delete(other))

        assert other not in [one.name for one in await engine.workspaces()]
        assert await run(engine, standing, "cat", "README.md") == (0, b"# A shop\n", b"")

    async def test_a_deleted_name_is_free_again_without_the_old_files(self, engine: Engine, workspace: str) -> None:
        await run(engine, workspace, "touch", "old")
        await done(engine.delete(workspace))

        await done(engine.create(workspace, PROJECT))

        assert (await run(engine, workspace, "ls", "old"))[0] != 0

    @pytest.mark.parametrize(
        "action", ["workspace", "start", "stop", "delete", "open_port", "logs", "exec", "activity"]
    )
    async def test_unknown_names_are_told(self, engine: Engine, name: str, action: str) -> None:
        async def act() -> None:
            match action:
                case "workspace":
                    await engine.workspace(name)
                case "start":
                    await done(engine.start(name))
                case "stop":
                    await done(engine.stop(name))
                case "delete":
                    await done(engine.delete(name))
                case "open_port":
                    await engine.open_port(name, 3000)
                case "logs":
                    [line async for line in engine.logs(name)]
                case "exec":
                    await engine.exec(name, ["true"])
                case "activity":
                    await engine.activity(name)

        with pytest.raises(WorkspaceNotFoundError):
            await act()

    @pytest.mark.parametrize(("script", "code"), [("true", 0), ("exit 7", 7), ("kill -TERM $$", 143)])
    async def test_a_commands_exit_code_is_known(self, engine: Engine, standing: str, script: str, code: int) -> None:
        assert await run(engine, standing, "sh", "-c", script) == (code, b"", b"")

    async def test_a_commands_streams_stay_apart(self, engine: Engine, standing: str) -> None:
        assert await run(engine, standing, "sh", "-c", "echo out; echo err >&2") == (0, b"out\n", b"err\n")

    async def test_standard_input_arrives_whole_and_ends(self, engine: Engine, standing: str) -> None:
        data = bytes(range(256)) * 2000

        assert await run(engine, standing, "cat", stdin=data) == (0, data, b"")

    async def test_arguments_arrive_as_they_are(self, engine: Engine, standing: str) -> None:
        arguments = ["a b", "$HOME", "'", '"', "*", "", "ü"]

        code, out, _ = await run(engine, standing, "printf", "%s|", *arguments)

        assert (code, out.decode()) == (0, "".join(f"{one}|" for one in arguments))

    async def test_a_terminal_has_its_size_and_follows_it(self, engine: Engine, standing: str) -> None:
        script = "trap 'stty size' WINCH; trap 'exit 9' INT; stty size; while :; do sleep 0.1; done"
        session = await engine.exec(standing, ["sh", "-c", script], terminal=TerminalSize(columns=91, rows=33))
        printed, answers = b"", {b"33 91": session.resize(TerminalSize(120, 44)), b"44 120": session.write(b"\x03")}
        try:
            async for _, data in session.output():
                printed += data
                for seen in [size for size in answers if size in printed]:
                    await answers.pop(seen)
        finally:
            await session.close()

        assert (answers, session.exit_code) == ({}, 9)

    async def test_leaving_a_command_ends_its_streams(self, engine: Engine, standing: str) -> None:
        session = await engine.exec(standing, ["cat"])
        await session.close()

        assert await run(engine, standing, "echo", "next") == (0, b"next\n", b"")

    async def test_logs_have_lines_and_the_last_of_them(self, engine: Engine, standing: str) -> None:
        lines = [line async for line in engine.logs(standing)]

        assert lines
        assert not any("\n" in line for line in lines)
        assert len([line async for line in engine.logs(standing, tail=1)]) == 1

    @pytest.mark.parametrize("events", range(1, 7))
    async def test_creating_goes_on_where_it_was_stopped(self, engine: Engine, name: str, events: int) -> None:
        creating = engine.create(name, PROJECT)
        for _ in range(events):
            await anext(creating)
        await creating.aclose()  # type: ignore[attr-defined]
        state = {one.name: one.state for one in await engine.workspaces()}.get(name)
        assert state in (None, "creating")

        await done(engine.create(name, PROJECT))

        assert (await engine.workspace(name)).state == "running"
        assert await run(engine, name, "cat", "README.md") == (0, b"# A shop\n", b"")

    async def test_what_was_stopped_while_being_made_can_be_deleted(self, engine: Engine, name: str) -> None:
        creating = engine.create(name, PROJECT)
        async for event in creating:
            if isinstance(event, StepStarted) and event.step == "seed":
                break
        await creating.aclose()  # type: ignore[attr-defined]

        await done(engine.delete(name))

        assert name not in [one.name for one in await engine.workspaces()]


class EngineLifecycleContract(ABC):
    """Up and down: each test begins with an engine that nothing was ever made in."""

    @abstractmethod
    @pytest.fixture
    def engine(self) -> Engine: ...

    async def test_what_was_never_up_is_absent_and_empty(self, engine: Engine) -> None:
        status = await engine.status()

        assert (status.engine, status.state, status.workspaces) == (engine.name, "absent", ())
        assert await engine.workspaces() == ()
        assert (await engine.usage(), await engine.idle_since(), await engine.activity()) == ({}, {}, Activity())

    async def test_a_watch_begun_before_the_engine_is_up_waits_for_it(self, engine: Engine) -> None:
        async with contextlib.aclosing(engine.watch()) as watch:
            assert await anext(watch) == ()
            await done(engine.create("shop", PROJECT))
            assert await seen(watch, "shop", "running")

    async def test_creating_brings_the_engine_up_and_down_empties_it(self, engine: Engine) -> None:
        await done(engine.create("shop", PROJECT))
        await done(engine.up())
        status = await engine.status()
        assert (status.state, [one.name for one in status.workspaces]) == ("running", ["shop"])

        await done(engine.down())
        await done(engine.down())

        assert (await engine.status()).state == "absent"
        assert await engine.workspaces() == ()
        with pytest.raises(WorkspaceNotFoundError):
            await engine.workspace("shop")


class TestFakeEngine(EngineContract):
    @pytest.fixture
    def engine(self, tmp_path: Path) -> Engine:
        return FakeEngine(ClusterConfig(home=tmp_path))


class TestFakeEngineLifecycle(EngineLifecycleContract):
    @pytest.fixture
    def engine(self, tmp_path: Path) -> Engine:
        return FakeEngine(ClusterConfig(home=tmp_path))
