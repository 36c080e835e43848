"""`python -m tests.bench.memory RECORD POD FOLDER` seeds once and prints by how many bytes its memory rose at most.

A process of its own, since Python keeps what it once had. Writing 5 to `clear_refs` makes Linux forget the peak
(proc_pid_clear_refs(5)).
"""

import asyncio
import re
import sys
from pathlib import Path

from cluster.kube.api import Kube
from cluster.kube.connection import read_connection
from cluster.seed import send
from tests.bench.seeding import STEP, seed_of, waiting_for


async def main(record: Path, pod: str, folder: Path) -> None:
    connection = read_connection(record)
    assert connection is not None
    kube = Kube(connection)
    try:
        files = seed_of(folder)
        async with waiting_for(kube, pod, files) as session:
            Path("/proc/self/clear_refs").write_text("5")
            before = _peak()
            await send(session, files, STEP)
            print(_peak() - before)
    finally:
        await kube.close()


def _peak() -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
