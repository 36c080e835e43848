"""Files into a running workspace: ours, `kubectl cp`, and the bare stream of one `tar` into another."""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from random import randbytes
from shlex import join
from tempfile import TemporaryDirectory
from uuid import uuid4

from cluster.editor import home_files
from cluster.engine import ExecSession
from cluster.kube.api import Kube
from cluster.manifests.labels import WORKSPACES_NAMESPACE
from cluster.manifests.workspace import CONTAINER, HOME
from cluster.seed import Seed, send
from templates.events import Step
from templates.project import Manifest, Project, ProjectFile
from tests.bench.harness import Result, in_turns, program, timed
from tests.bench.running import Running, workspace

MANY = {f"folder-{number // 50:02}/file-{number:03}": 10_000 for number in range(1000)}
ONE = {"file": 50_000_000}
STEP = Step("seed", lambda _: None)


async def measure(there: Running, runs: int = 7) -> list[Result]:
    results: list[Result] = []
    async with workspace(there, "seeding") as pod:
        for what, sizes, goal in (
            ("1,000 files of 10 KB", MANY, "at most 0.5"),
            ("one file of 50 MB", ONE, "at most 1"),
        ):
            with TemporaryDirectory() as folder:
                _fill(Path(folder), sizes)
                results += await _measure(there, pod, Path(folder), runs, what, goal)
    return results


async def _measure(there: Running, pod: str, folder: Path, runs: int, what: str, goal: str) -> list[Result]:
    at = ("--namespace", WORKSPACES_NAMESPACE, "--container", CONTAINER)
    target = f"{HOME}/bare"

    async def set_aside() -> None:
        """What is there is moved, not removed: the file system would be busy with that for a while."""
        aside = f"mkdir -p {target} {HOME}/project && cd {HOME} && mv bare project $(mktemp -d) && mkdir bare"
        await there.kubectl("exec", *at, pod, "--", "env", f"TMPDIR={HOME}", "sh", "-c", aside)

    async def ours(_: int) -> float:
        await set_aside()
        return await timed(_seed(there.kube, pod, seed_of(folder)))

    async def copy(_: int) -> float:
        await set_aside()
        return await timed(there.kubectl("cp", *at, f"{folder}/.", f"{pod}:{target}"))

    async def stream(_: int) -> float:
        await set_aside()
        kubectl = ("kubectl", "--kubeconfig", str(there.kubeconfig), "exec", "--stdin", *at, pod, "--")
        pipe = f"{join(('tar', '-c', '-C', str(folder), '.'))} | {join((*kubectl, 'tar', '-x', '-C', target))}"
        return await timed(program("sh", "-c", pipe))

    async def memory(_: int) -> float:
        await set_aside()
        told = await program(sys.executable, "-m", "tests.bench.memory", there.kubeconfig.parent, pod, folder)
        return int(told) / 1e6

    mine, copied, streamed = await in_turns(runs, ours, copy, stream, warm_up=True)
    results = [
        Result("seeding", what, mine, goal, "kubectl cp", copied),
        Result("seeding", what, mine, "", "tar | kubectl exec tar", streamed),
    ]
    if sys.platform == "linux":  # elsewhere a process cannot forget the peak of what it did before
        (peaks,) = await in_turns(runs, memory)
        results.append(Result("seeding", f"{what}, memory", peaks, "under 64", unit="MB"))
    return results


def seed_of(folder: Path) -> Seed:
    """The folder as a workspace is seeded with it; its digest is another each time, so that it is really sent."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    found = tuple(ProjectFile(path.relative_to(folder).as_posix(), source=path) for path in paths)
    project = Project(Manifest(title=uuid4().hex), found)
    return Seed(project.files, home_files(project), project.digest)


@asynccontextmanager
async def waiting_for(kube: Kube, pod: str, files: Seed) -> AsyncGenerator[ExecSession]:
    """The command that takes the seed, as it is run when a workspace is made."""
    session = await kube.exec(pod, WORKSPACES_NAMESPACE, files.command(), container=CONTAINER, stdin=True)
    try:
        yield session
    finally:
        await session.close()


async def _seed(kube: Kube, pod: str, files: Seed) -> None:
    async with waiting_for(kube, pod, files) as session:
        await send(session, files, STEP)


def _fill(folder: Path, sizes: dict[str, int]) -> None:
    for path, size in sizes.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(randbytes(size))
