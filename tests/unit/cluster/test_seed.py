"""The stream and the script that receives it, run by a real `sh` and a real `tar` in a folder of this machine."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Literal

import pytest

from cluster import seed
from cluster.errors import SeedError, VolumeFullError
from cluster.frames import FRAME
from templates.errors import UnsafePathError
from templates.events import Step
from templates.project import ProjectFile


class LocalSession:
    """An `ExecSession` whose container is a folder: the same commands with that folder as HOME."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child
        self._first = b""
        self.sent = 0

    @classmethod
    async def run(cls, command: Iterable[str], home: Path, path: str = "") -> "LocalSession":
        pipe = asyncio.subprocess.PIPE
        env = {"PATH": f"{path}:{os.environ['PATH']}", "HOME": str(home)}
        child = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, env=env)
        return cls(child)

    async def write(self, data: bytes) -> None:
        assert self._child.stdin is not None
        self.sent += len(data)
        try:
            self._child.stdin.write(data)
            await self._child.stdin.drain()
        except ConnectionError:
            return

    async def close_stdin(self) -> None:
        assert self._child.stdin is not None
        self._child.stdin.close()

    async def wait_for_output(self) -> None:
        assert self._child.stdout is not None
        self._first = await self._child.stdout.readline()

    async def resize(self, size: object) -> None: ...

    async def output(self) -> AsyncIterator[tuple[Literal["stdout", "stderr"], bytes]]:
        assert self._child.stdout is not None
        assert self._child.stderr is not None
        while line := self._first or await self._child.stdout.readline():
            self._first = b""
            yield "stdout", line
        yield "stderr", await self._child.stderr.read()
        await self._child.wait()

    @property
    def exit_code(self) -> int:
        assert self._child.returncode is not None
        return self._child.returncode

    async def close(self) -> None: ...


def step() -> Step:
    return Step("seed", lambda event: None)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home with space"
    folder.mkdir()
    return folder


async def put(home: Path, one: seed.Seed, path: str = "") -> Step:
    told = step()
    session = await LocalSession.run(one.command(), home, path)
    await seed.send(session, one, told)
    return told


def a_seed(*files: ProjectFile, digest: str = "one") -> seed.Seed:
    return seed.Seed(files, (ProjectFile(".config/settings.json", b"{}"),), digest)


async def test_files_arrive_with_their_bytes_modes_and_links(home: Path, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(os.urandom(3_000_001))
    await put(
        home,
        a_seed(
            ProjectFile("README.md", "# Grüße\n".encode()),
            ProjectFile("bin/run it.sh", b"#!/bin/sh\n", mode=0o755),
            ProjectFile("deep/er/empty", b""),
            ProjectFile("data/large.bin", source=large),
            ProjectFile("link", link="deep/er/empty"),
            ProjectFile("n" * 200 + "/" + "m" * 200, b"long names"),
        ),
    )
    project = home / "project"
    assert (project / "README.md").read_text(encoding="utf-8") == "# Grüße\n"
    assert (project / "bin/run it.sh").stat().st_mode & 0o777 == 0o755
    assert (project / "data/large.bin").read_bytes() == large.read_bytes()
    assert (project / "link").readlink() == Path("deep/er/empty")
    assert (project / ("n" * 200) / ("m" * 200)).read_bytes() == b"long names"
    assert (home / ".config/settings.json").read_bytes() == b"{}"
    assert [path.name for path in (home / ".vibecode").iterdir()] == ["seeded"]


async def test_an_empty_project_is_an_empty_folder(home: Path) -> None:
    await put(home, seed.Seed((), (), "empty"))
    assert list((home / "project").iterdir()) == []


async def test_a_second_call_changes_nothing(home: Path) -> None:
    await put(home, a_seed(ProjectFile("a.txt", b"first")))
    (home / "project/a.txt").write_bytes(b"edited by the person")
    told = await put(home, a_seed(ProjectFile("a.txt", b"first")))
    assert (home / "project/a.txt").read_bytes() == b"edited by the person"
    assert told.note == "already there"


async def test_what_is_present_already_is_not_sent_to_its_end(home: Path) -> None:
    one = a_seed(ProjectFile("large", bytes(100 * FRAME)))
    await put(home, one)
    session = await LocalSession.run(one.command(), home)
    await session.wait_for_output()
    await seed.send(session, one, step())
    assert session.sent <= 2 * FRAME


async def test_what_the_person_has_in_the_home_folder_stays(home: Path) -> None:
    (home / ".config").mkdir()
    (home / ".config/settings.json").write_bytes(b"theirs")
    await put(home, a_seed())
    assert (home / ".config/settings.json").read_bytes() == b"theirs"


async def test_a_stream_that_breaks_off_leaves_no_project_and_can_be_repeated(home: Path) -> None:
    one = a_seed(*(ProjectFile(f"file-{number}", os.urandom(10_000)) for number in range(40)))
    session = await LocalSession.run(one.command(), home)
    await session.write(b"".join(list(one.frames())[:2]))
    await session.close_stdin()
    said = [data async for _, data in session.output()]
    assert session.exit_code != 0, said
    assert not (home / "project").exists()
    await put(home, one)
    assert len(list((home / "project").iterdir())) == 40


async def test_an_attempt_that_is_still_running_neither_spoils_nor_finishes_the_next(home: Path) -> None:
    files = [ProjectFile(f"file-{number}", os.urandom(10_000)) for number in range(40)]
    one = a_seed(*files)
    abandoned = await LocalSession.run(one.command(), home)
    await abandoned.write(b"".join(list(one.frames())[:2]))
    while not list((home / ".vibecode").glob("seed.*/project/*")):
        await asyncio.sleep(0.01)
    await put(home, one)
    (home / "project/file-0").write_bytes(b"edited by the person")
    await abandoned.write(b"".join(list(one.frames())[2:]))
    await abandoned.close_stdin()
    async for _ in abandoned.output():
        pass
    assert abandoned.exit_code != 0
    assert (home / "project/file-0").read_bytes() == b"edited by the person"
    assert len(list((home / "project").iterdir())) == 40


@pytest.mark.parametrize("cut", ["sums", "content"])
async def test_bytes_that_changed_on_the_way_are_noticed(home: Path, cut: str) -> None:
    one = a_seed(ProjectFile("a.txt", b"A" * 4096))
    spoiled = b"".join(one.frames()).replace(b"A" * 4096, b"A" * 4095 + b"B") if cut == "content" else b"".join(
        one.frames()).replace(b"  project/a.txt\n", b"  project/b.txt\n")  # fmt: skip
    session = await LocalSession.run(one.command(), home)
    await session.write(spoiled)
    await session.close_stdin()
    async for _ in session.output():
        pass
    assert session.exit_code != 0
    assert not (home / "project").exists()


async def test_a_full_volume_is_named(home: Path, tmp_path: Path) -> None:
    full = tmp_path / "bin/tar"
    full.parent.mkdir()
    full.write_text("#!/bin/sh\ncat >/dev/null\necho 'tar: x: Cannot write: No space left on device' >&2\nexit 2\n")
    full.chmod(0o755)
    with pytest.raises(VolumeFullError):
        await put(home, a_seed(ProjectFile("a", b"x")), path=str(full.parent))


async def test_a_file_that_shrinks_while_it_is_read_is_named(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "shrinking"
    source.write_bytes(b"x" * 500_000)
    frames = a_seed(ProjectFile("shrinking", source=source)).frames()
    next(frames)
    os.truncate(source, 200_000)
    with pytest.raises(SeedError, match="shrinking"):
        list(frames)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "C:/x", "a\\b", "a\nb", "a//b", ""])
def test_a_hostile_path_is_refused_before_the_first_byte(path: str) -> None:
    with pytest.raises(UnsafePathError):
        a_seed(ProjectFile(path, b"")).frames()


def test_the_stream_is_deterministic_and_in_small_frames() -> None:
    files = [ProjectFile(f"{number}.bin", bytes([number]) * 300_000) for number in range(5)]
    frames: Callable[[Iterable[ProjectFile]], list[bytes]] = lambda order: list(a_seed(*order).frames())  # noqa: E731
    assert frames(files) == frames(reversed(files))
    assert {len(frame) for frame in frames(files)[:-1]} == {FRAME}
