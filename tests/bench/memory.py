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
from tests.bench.seeding import STEP, ready_to_send


async def main(record: Path, pod: str, folder: Path) -> None:
    connection = read_connection(record)
    assert connection is not None
    kube = Kube(connection)
    try:
        async with ready_to_send(kube, pod, folder) as (session, files):
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
