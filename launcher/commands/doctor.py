"""`doctor`: what stands in the way of a cluster, and the line that mends it."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from launcher.commands.command import Command
from launcher.context import Context
from launcher.output.console import Console
from launcher.wiring import config_of
from templates.text import plain

if TYPE_CHECKING:
    from cluster.doctor.check import Check

_SIGNS = {"ok": ("✓", "green"), "warning": ("⚠", "yellow"), "failed": ("✗", "red")}
_LOOKING = "Looking at this machine"


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--fix", action="store_true", help="mend what needs no root and is the program's own")


async def _doctor(context: Context, args: Namespace) -> int:
    config = config_of(context.loaded.values, context.paths)
    diagnosis = await context.wait(_LOOKING, context.services.examine(config))
    if args.fix:
        repair = context.services.repair(config, diagnosis)
        await context.work(repair, left=lambda: "what was being mended is as it was.")
        diagnosis = await context.wait(_LOOKING, context.services.examine(config))
    lines = [line for check in diagnosis.checks for line in _lines(context.console, check)]
    failed = sum(not check.ok for check in diagnosis.checks)
    verdict = f"{failed} of {len(diagnosis.checks)} must be mended first." if failed else "Nothing stands in the way."
    context.console.answer(diagnosis.as_dict(), "\n".join([*lines, "", verdict]))
    return 0 if diagnosis.ok else 1


def _lines(console: Console, check: "Check") -> list[str]:
    sign, style = _SIGNS[check.level]
    lines = [f"{console.style(sign, style)} {check.title}: {plain(check.detail)}"]
    return [*lines, f"  {console.style('→', 'cyan')} {check.hint}"] if check.hint else lines


DOCTOR = Command(
    "doctor",
    "find what stands in the way of a cluster",
    (
        ("vibecode doctor", "each problem with the line that mends it"),
        ("vibecode doctor --fix", "mends what it safely can"),
        ("vibecode doctor --json", "for a script; the exit code is 1 where something must be mended"),
    ),
    _doctor,
    _arguments,
    description="Look at all that usually stops a local cluster; changes nothing, unless asked to.",
)
