"""How soon the program is there: `--version` and `list`, against bare Python and `kubectl get`."""

import os
import subprocess
import sys

from cluster.manifests.labels import WORKSPACES_NAMESPACE
from tests.bench.harness import ROOT, VIBECODE, Result, in_turns, program, timed
from tests.bench.running import Running, workspace

HEAVY = {"docker", "kubernetes", "pydantic", "rich", "textual"}


async def measure(there: Running, runs: int = 20) -> list[Result]:
    async def python(_: int) -> float:
        return await timed(program(sys.executable, "-c", "pass"))

    async def version(_: int) -> float:
        return await timed(program(VIBECODE, "--version"))

    async def from_checkout(_: int) -> float:
        return await timed(program(ROOT / "vibecode", "--version"))

    async def listing(_: int) -> float:
        return await timed(program(VIBECODE, "list", env=there.environment))

    async def kubectl(_: int) -> float:
        return await timed(there.kubectl("get", "deployments", "--namespace", WORKSPACES_NAMESPACE))

    bare, direct, checkout = await in_turns(runs, python, version, from_checkout, warm_up=True)
    async with workspace(there, "startup"):
        ours, theirs = await in_turns(runs, listing, kubectl, warm_up=True)
        heavy = _imported(there) & HEAVY
    return [
        Result("startup", "vibecode --version", direct, "under 4", "python -c pass", bare),
        Result("startup", "./vibecode --version", checkout, "under 4", "python -c pass", bare),
        Result("startup", "vibecode list", ours, "under 5", "kubectl get deployments", theirs),
        Result("startup", f"heavy libraries that list imports {sorted(heavy)}", (len(heavy),), "0", unit=""),
    ]


def _imported(there: Running) -> set[str]:
    """The packages that `list` imports."""
    command = (sys.executable, "-X", "importtime", VIBECODE, "list")
    environment = {**os.environ, **there.environment}
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr
    lines = [line for line in told.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
