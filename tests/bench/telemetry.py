"""What telemetry costs where it is on, with no Agent there: a short command, and `new` on the `local` engine."""

import sys
from tempfile import TemporaryDirectory

from cluster.kind.ports import free_port
from tests.bench.harness import VIBECODE, Result, in_turns, program, timed

TEMPLATE = "static-site"
OFF = {"VIBECODE_TELEMETRY": "off"}
OWN = """
import sys, tempfile, time
from pathlib import Path
from cluster.kind.engine import KindEngine
from launcher import cli, context, paths, settings, wiring
home = tempfile.TemporaryDirectory()
found = paths.find({"VIBECODE_HOME": home.name})
start = time.process_time()
from launcher.telemetry.recording import recording
unreached = {"DD_TRACE_AGENT_PORT": "1", "DD_DOGSTATSD_PORT": "1"}
with recording("list", wiring.Services(), settings.Settings(), found, unreached, time.monotonic()) as services:
    services.kind(wiring.config_of(settings.Settings(), found))
sys.stdout.write(str((time.process_time() - start) * 1000))
"""
"""All that telemetry does in a command that is loaded already, in milliseconds; other programs disturb it little."""
ON = {"VIBECODE_TELEMETRY": "on", "DD_TRACE_AGENT_PORT": "1", "DD_DOGSTATSD_PORT": "1"}


async def measure(runs: int = 15) -> list[Result]:
    short = await _short(runs)
    with TemporaryDirectory(prefix="vc") as home:
        environment = {"VIBECODE_HOME": home, "VIBECODE_ENGINE": "local", "VIBECODE_HTTP_PORT": str(free_port())}
        await program(VIBECODE, "up", env=environment)
        try:
            new = await _new(environment, max(3, runs // 2))
        finally:
            await program(VIBECODE, "down", "--yes", env=environment)
    return [*short, new]


async def _short(runs: int) -> list[Result]:
    command = (sys.executable, "-m", "tests.fakes.program", "list")

    async def off(_: int) -> float:
        return await timed(program(*command, env=OFF))

    async def on(_: int) -> float:
        return await timed(program(*command, env=ON))

    async def own(_: int) -> float:
        return float(await program(sys.executable, "-c", OWN))

    on_taken, off_taken, own_taken = await in_turns(runs, on, off, own, warm_up=True)
    return [
        Result("telemetry", "vibecode list, on", on_taken, "", "off", off_taken),
        Result("telemetry", "processor time of its own in a command", own_taken, "under 5", unit="ms"),
    ]


async def _new(environment: dict[str, str], runs: int) -> Result:
    async def create(switch: dict[str, str]) -> float:
        command = (VIBECODE, "new", TEMPLATE, "bench", "--json", "--no-open")
        seconds = await timed(program(*command, env={**environment, **switch}))
        await program(VIBECODE, "delete", "bench", "--yes", env=environment)
        return seconds

    async def off(_: int) -> float:
        return await create(OFF)

    async def on(_: int) -> float:
        return await create(ON)

    on_taken, off_taken = await in_turns(runs, on, off, warm_up=True)
    return Result("telemetry", "vibecode new, on", on_taken, "under 1.03", "off", off_taken)
