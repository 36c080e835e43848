"""What `WorkspaceFiles` must do. An engine joins by a subclass that gives the fixture `engine`."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from cluster.config import ClusterConfig
from cluster.engine import Engine
from cluster.errors import WorkspaceNotFoundError, WorkspaceStoppedError
from cluster.files import EngineFiles
from templates.errors import FilesConflictError, RecordsConflictError, UnsafePathError
from templates.project import Manifest, Project, ProjectFile
from templates.workspace_files import ABSENT, Change, Delete, Write, sha256
from tests.contract.test_engine_contract import done, run
from tests.fakes.engine import FakeEngine

PROJECT = Project(
    Manifest(title="A shop", template="python-fastapi"),
    (
        ProjectFile("README.md", b"# A shop\n"),
        ProjectFile("src/app.py", b"print('hello')\n"),
        ProjectFile("src/[id]/page one.ts", b"export {}\n"),
        ProjectFile("bin/run", b"#!/bin/sh\necho run\n", mode=0o755),
        ProjectFile(".gitignore", b"*.log\n/build/\n!keep.log\n"),
        ProjectFile("src/.gitignore", b"generated/\n"),
    ),
)
NASTY = "-rf $HOME `id` 'ü' \"x\" *.py"


class WorkspaceFilesContract(ABC):
    @abstractmethod
    @pytest.fixture
    def engine(self) -> Engine: ...

    @pytest.fixture
    async def name(self, engine: Engine) -> AsyncIterator[str]:
        name = f"files-{uuid4().hex[:8]}"
        await done(engine.create(name, PROJECT))
        yield name
        with contextlib.suppress(WorkspaceNotFoundError):
            await done(engine.delete(name))

    @pytest.fixture
    def files(self, engine: Engine, name: str) -> EngineFiles:
        return EngineFiles(engine, name)

    async def contents(self, files: EngineFiles) -> dict[str, bytes]:
        """All that the project holds, as the listing names it."""
        paths = [one.path for one in (await files.list()).files]
        return {path: one.content for path, one in (await files.read(paths)).items()}

    async def test_the_projects_own_files_are_listed(self, engine: Engine, name: str, files: EngineFiles) -> None:
        made = "mkdir -p build node_modules/x .git/info src/generated lib env; "
        made += "touch a.log keep.log build/x node_modules/x/y src/generated/z lib/build env/pyvenv.cfg env/bin.py; "
        made += "echo '*.tmp' >.git/info/exclude; touch b.tmp; ln -s /etc/passwd link; ln -s /etc folder"
        assert (await run(engine, name, "sh", "-c", made))[0] == 0

        listing = await files.list()

        own = {one.path for one in PROJECT.files} | {"keep.log", "lib/build"}
        assert {one.path for one in listing.files} == own
        assert (listing.ignored, listing.more) == (6, False)
        readme = next(one for one in listing.files if one.path == "README.md")
        assert readme.size == len(b"# A shop\n")

    async def test_a_files_version_changes_with_the_file_alone(self, files: EngineFiles) -> None:
        before = {one.path: one.version for one in (await files.list()).files}
        await files.apply([Write("README.md", b"# A $hop\n")])
        after = {one.path: one.version for one in (await files.list()).files}

        assert {path for path in before if before[path] != after[path]} == {"README.md"}

    async def test_files_are_read_with_hash_and_mode(self, files: EngineFiles) -> None:
        found = await files.read(["bin/run", "README.md", "src/[id]/page one.ts", "absent"])

        assert set(found) == {"bin/run", "README.md", "src/[id]/page one.ts"}
        assert found["bin/run"].mode & 0o111
        assert found["README.md"].sha256 == sha256(b"# A shop\n")

    async def test_links_are_not_followed(self, engine: Engine, name: str, files: EngineFiles) -> None:
        await run(
            engine, name, "sh", "-c", "mkdir ../outside; echo x >../outside/f; ln -s ../outside out; ln -s . here"
        )

        assert await files.read(["out/f", "here/README.md", "out"]) == {}
        for path in ("out/f", "out/new", "here/README.md", "out"):
            with pytest.raises(UnsafePathError, match="is a link"):
                await files.apply([Write("fine.txt", b""), Write(path, b"changed")])
        assert (await run(engine, name, "cat", "../outside/f", "README.md"))[1] == b"x\n# A shop\n"
        assert await files.read(["fine.txt"]) == {}

    @pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../b", "", "a\nb", "C:/x", "a\\b"])
    async def test_paths_outside_are_refused(self, files: EngineFiles, path: str) -> None:
        for change in (Write(path, b""), Delete(path)):
            with pytest.raises(UnsafePathError):
                await files.apply([change])
        with pytest.raises(UnsafePathError):
            await files.read([path])

    async def test_all_changes_are_made(self, files: EngineFiles) -> None:
        readme = (await files.read(["README.md"]))["README.md"]
        data = bytes(range(256)) * 4000

        hashes = await files.apply(
            [
                Write("README.md", b"# B\r\n", base=readme.sha256),
                Write("src/[id]/new ü/deep.bin", data, base=ABSENT),
                Write(NASTY, b"nasty", mode=0o755),
                Write("bin/run", b"#!/bin/sh\n"),
                Delete("src/app.py"),
                Delete("never/there"),
            ]
        )

        assert hashes["src/[id]/new ü/deep.bin"] == sha256(data)
        found = await files.read(["README.md", "src/[id]/new ü/deep.bin", NASTY, "bin/run", "src/app.py"])
        assert {path: one.content for path, one in found.items()} == {
            "README.md": b"# B\r\n",
            "src/[id]/new ü/deep.bin": data,
            NASTY: b"nasty",
            "bin/run": b"#!/bin/sh\n",
        }
        assert found["bin/run"].mode & 0o100, "a file stays executable"
        assert found[NASTY].mode & 0o100
        assert not found["README.md"].mode & 0o111

    async def test_what_is_written_is_new_for_programs_that_look_at_times(self, files: EngineFiles) -> None:
        """Python takes compiled code for a module's own where neither its size nor its time has changed."""
        ran = await files.run("touch -d '1 hour ago' reference", seconds=10)
        assert ran.exit_code == 0
        await files.apply([Write("src/app.py", b"print('world')\n")])
        ran = await files.run("find src -newer reference -name app.py", seconds=10)
        assert ran.output.strip() == "src/app.py"

    async def test_a_deleted_files_empty_folders_go_with_it(
        self, engine: Engine, name: str, files: EngineFiles
    ) -> None:
        await files.apply([Write("a/b/c.txt", b"")])
        await files.apply([Delete("a/b/c.txt")])

        assert (await run(engine, name, "ls", "-d", "a"))[0] != 0
        assert (await run(engine, name, "ls", "-d", "src"))[0] == 0

    async def test_one_conflict_keeps_all_as_it_was(self, files: EngineFiles) -> None:
        before = await self.contents(files)

        with pytest.raises(FilesConflictError) as error:
            await files.apply(
                [
                    Write("README.md", b"", base=sha256(b"# A shop\n")),
                    Write("src/app.py", b"", base="0" * 64),
                    Write("bin/run", b"", base=ABSENT),
                    Delete("gone", base="1" * 64),
                    Write("fresh", b""),
                ],
                [Write("turns/1", b"a record")],
            )

        app = sha256(b"print('hello')\n")
        found = {(one.path, one.expected, one.found) for one in error.value.conflicts}
        assert found == {
            ("src/app.py", "0" * 64, app),
            ("bin/run", ABSENT, sha256(b"#!/bin/sh\necho run\n")),
            ("gone", "1" * 64, ABSENT),
        }
        assert await self.contents(files) == before
        assert await files.records("turns/*") == {}

    @pytest.mark.parametrize("path", ["src", "README.md/below"])
    async def test_a_path_that_is_taken_is_refused(self, files: EngineFiles, path: str) -> None:
        with pytest.raises(UnsafePathError, match="is a f"):
            await files.apply([Write("fresh", b""), Write(path, b"")])

        assert await files.read(["fresh"]) == {}

    async def test_of_writers_at_once_each_is_whole_and_one_wins_a_base(self, files: EngineFiles) -> None:
        base = sha256(b"# A shop\n")

        async def write(text: bytes) -> None:
            await files.apply([Write("README.md", text, base=base), Write("src/app.py", text)])

        texts = [b"one", b"two", b"three"]
        results = await asyncio.gather(*map(write, texts), return_exceptions=True)

        assert sorted(type(one).__name__ for one in results) == ["FilesConflictError"] * 2 + ["NoneType"]
        found = await files.read(["README.md", "src/app.py"])
        assert found["README.md"].content == found["src/app.py"].content == texts[results.index(None)]

    async def test_records_live_beside_the_project(self, files: EngineFiles) -> None:
        before = [one.path for one in (await files.list()).files]

        await files.apply([], [Write("turns/1/turn.json", b"{}", base=ABSENT), Write("turns/2/turn.json", b"[]")])
        await files.apply([], [Delete("turns/2/turn.json"), Write("chats/a/1.json", b"1")])

        assert await files.records("turns/*/turn.json") == {"turns/1/turn.json": b"{}"}
        assert await files.records("chats/*") == {"chats/a/1.json": b"1"}
        with pytest.raises(RecordsConflictError) as error:
            await files.apply([Write("x", b"")], [Write("turns/1/turn.json", b"", base=ABSENT)])
        assert [(one.path, one.found) for one in error.value.conflicts] == [("turns/1/turn.json", sha256(b"{}"))]
        assert [one.path for one in (await files.list()).files] == before

    async def test_a_thousand_files_at_once(self, files: EngineFiles) -> None:
        changes: list[Change] = [Write(f"many/{n % 40}/{n}.txt", b"%d" % n, base=ABSENT) for n in range(1000)]

        await files.apply(changes)

        found = await files.read([one.path for one in changes])
        assert [found[one.path].content for one in changes] == [b"%d" % n for n in range(1000)]

    async def test_a_commands_output_is_shown_and_kept(self, files: EngineFiles) -> None:
        shown: list[str] = []

        ran = await files.run("pwd >/dev/null; echo ü; echo problem >&2; exit 3", seconds=30, show=shown.append)

        assert (ran.exit_code, ran.timed_out, ran.dropped) == (3, False, 0)
        assert sorted(ran.output.split()) == sorted("".join(shown).split()) == ["problem", "ü"]

    async def test_of_long_output_the_end_is_kept(self, files: EngineFiles) -> None:
        ran = await files.run("seq 1 100000", seconds=30)

        assert ran.output.endswith("99999\n100000\n")
        assert ran.dropped + len(ran.output) == sum(len(f"{n}\n") for n in range(1, 100001))
        assert len(ran.output) < 100_000

    async def test_a_command_that_takes_too_long_is_ended(self, files: EngineFiles) -> None:
        ran = await files.run("echo begun; exec sleep 600", seconds=0.3)

        assert (ran.output, ran.timed_out) == ("begun\n", True)

    async def test_a_command_that_nobody_waits_for_any_more_is_ended(
        self, engine: Engine, name: str, files: EngineFiles
    ) -> None:
        """With what it has started; its number of seconds is what it is known by."""
        begun, seconds = asyncio.Event(), str(10_000 + uuid4().int % 80_000)
        command = f"sleep {seconds} & echo begun; wait"
        running = asyncio.create_task(files.run(command, seconds=600, show=lambda _: begun.set()))
        await begun.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

        look = 'while grep -qs "$1" /proc/[0-9]*/cmdline; do sleep 0.05; done; echo gone'
        pattern = f"[{seconds[0]}]{seconds[1:]}"  # which is not found in who looks for it
        assert await run(engine, name, "sh", "-c", look, "look", pattern) == (0, b"gone\n", b"")

    async def test_the_log_has_lines(self, files: EngineFiles) -> None:
        assert len(await files.logs(1)) == 1

    async def test_what_runs_is_told_before_what_happened(self, files: EngineFiles) -> None:
        assert ": running" in (await files.happened(30))[0]

    async def test_a_stopped_workspace_is_told(self, engine: Engine, name: str, files: EngineFiles) -> None:
        await done(engine.stop(name))

        for call in (
            files.list(),
            files.read(["README.md"]),
            files.apply([Write("x", b"")]),
            files.run("ls", seconds=9),
        ):
            with pytest.raises(WorkspaceStoppedError):
                await call

    async def test_a_deleted_workspace_is_told(self, engine: Engine, name: str, files: EngineFiles) -> None:
        await done(engine.delete(name))

        with pytest.raises(WorkspaceNotFoundError):
            await files.list()


class TestOnTheFakeEngine(WorkspaceFilesContract):
    @pytest.fixture
    def engine(self, tmp_path: Path) -> Engine:
        return FakeEngine(ClusterConfig(home=tmp_path))
