"""The project's own commands in its workspace: install, test, start; each a step with what it prints."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from templates.errors import VibeCodeError
from templates.events import Steps
from templates.generation.errors import CommandFailedError
from templates.generation.plan import Plan
from templates.workspace_files import Ran, WorkspaceFiles

PATIENCE = 60
"""Seconds until what was started must listen on its port."""

TAIL = 6_000
"""Characters at the end of a command's output that the model is given."""

LOG_LINES = 20

START = """
state="$HOME/.vibecode"
mkdir -p "$state"
probe() {
  if command -v curl >/dev/null; then curl -s -o /dev/null -m 5 "http://127.0.0.1:$1/"
  elif command -v python3 >/dev/null; then
    python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)' "$1" 2>/dev/null
  else node -e 'require("net").connect(process.argv[1], "127.0.0.1").on("connect", () => process.exit(0))
    .on("error", () => process.exit(1))' "$1"
  fi
}
if [ -s "$state/run.pid" ]; then
  kill -- "-$(cat "$state/run.pid")" 2>/dev/null && sleep 1
fi
$(command -v setsid) sh -c "$1" </dev/null >"$state/run.log" 2>&1 &
pid=$!
echo "$pid" >"$state/run.pid"
waited=0
while [ "$waited" -lt "$3" ]; do
  if ! kill -0 "$pid" 2>/dev/null; then cat "$state/run.log"; echo "It ended by itself." ; exit 1; fi
  if probe "$2"; then exit 0; fi
  sleep 1
  waited=$((waited + 1))
done
cat "$state/run.log"
echo "Nothing listens on port $2 of 127.0.0.1 after $3 seconds."
kill -- "-$pid" 2>/dev/null || kill "$pid" 2>/dev/null
exit 1
"""
"""Runs as `sh -c START start COMMAND PORT SECONDS`; what was started goes on, and what it prints is in run.log."""


@dataclass(frozen=True, slots=True)
class CommandPrinted:
    """What a command of the project prints, as it prints it."""

    step: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """`shown` is what the person and the model know it by; `line` is what really runs."""

    step: str
    title: str
    shown: str
    line: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A command that failed, and the end of what it printed."""

    command: Command
    exit_code: int
    output: str


def commands_of(plan: Plan) -> tuple[Command, ...]:
    """What must succeed for the project to count as working; what serves no port is not started."""
    commands: list[Command] = []
    if plan.install:
        commands.append(Command("install", "Installing what it needs", plan.install, plan.install))
    if plan.test:
        commands.append(Command("test", "Running its tests", plan.test, plan.test))
    if plan.run and plan.ports:
        words = ("sh", "-c", START, "start", plan.run, str(plan.ports[0]), str(PATIENCE))
        commands.append(Command("start", f"Starting it on port {plan.ports[0]}", plan.run, shlex.join(words)))
    return tuple(commands)


async def run_command(
    workspace: WorkspaceFiles,
    command: Command,
    seconds: float,
    steps: Steps,
    emit: Callable[[CommandPrinted], None],
) -> Failure | None:
    """Runs it as a step; None where it succeeded. Raises what the workspace raises."""
    ran: Ran | None = None
    try:
        async with steps.step(command.step, f"{command.title}: {command.shown}") as step:

            def show(text: str) -> None:
                emit(CommandPrinted(command.step, text))
                if lines := text.strip().splitlines():
                    step.progress(lines[-1])

            ran = await workspace.run(command.line, seconds=seconds, show=show)
            if ran.exit_code != 0:
                step.log = tuple(ran.output.rstrip().splitlines()[-LOG_LINES:])
                why = f"its {seconds:.0f} s are over" if ran.timed_out else f"exit code {ran.exit_code}"
                raise CommandFailedError(f"{command.shown}: {why}.")
    except VibeCodeError:
        if ran is None:
            raise
        return Failure(command, ran.exit_code, ran.output[-TAIL:])
    return None
