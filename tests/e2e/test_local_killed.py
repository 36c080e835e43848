"""A program that is killed while it makes a local workspace: the next one completes it, or removes it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.errors import WorkspaceNotFoundError
from cluster.kind.ports import free_port
from cluster.local.contact import read_contact
from cluster.local.engine import LocalEngine
from cluster.local.folders import LocalFolder
from cluster.local.processes import lives
from tests.contract.test_engine_contract import PROJECT, done, run

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("this machine")]

PROGRAM = """
import asyncio, sys
from pathlib import Path
from cluster.config import ClusterConfig
from cluster.local.engine import LocalEngine
from tests.contract.test_engine_contract import PROJECT
async def main():
    config = ClusterConfig(home=Path(sys.argv[1]), http_port=int(sys.argv[2]))
    async for event in LocalEngine(config).create('shop', PROJECT): print('event', flush=True)
asyncio.run(main())
"""


@pytest.fixture
def config(tmp_path: Path) -> ClusterConfig:
    return ClusterConfig(home=tmp_path / "a home ü", http_port=free_port())


@pytest.fixture
async def engine(config: ClusterConfig) -> AsyncIterator[LocalEngine]:
    engine = LocalEngine(config)
    yield engine
    await done(engine.down())


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.15, 0.3, 0.5, 0.8, 1.5])
async def test_a_program_that_is_killed_at_any_time_is_completed_by_the_next(
    engine: LocalEngine, config: ClusterConfig, delay: float
) -> None:
    """Killed so long after its first event; its host, if it has one by then, is killed with it."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, str(config.home), str(config.http_port)),
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"event\n"
    await asyncio.sleep(delay)
    if child.returncode is None:
        child.kill()
    if (contact := read_contact(LocalFolder(config.home))) is not None and lives(contact.identity):
        os.kill(contact.identity.pid, signal.SIGKILL)
    await child.communicate()

    if (await engine.workspaces()) == () or (await engine.workspace("shop")).state == "creating":
        await done(engine.create("shop", PROJECT))
    else:
        await done(engine.start("shop"))

    assert (await engine.workspace("shop")).state == "running"
    assert await run(engine, "shop", "cat", "README.md") == (0, b"# A shop\n", b"")
    await done(engine.delete("shop"))
    with pytest.raises(WorkspaceNotFoundError):
        await engine.workspace("shop")
