"""Checks the whole project, part by part: what ./check runs in the project's environment."""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Literal

BIN = Path(sys.executable).parent
SUMMARY = re.compile(r"=+ (?P<text>.* in [\d.]+s.*?) =+")
"""The line that pytest ends with."""


def always() -> str | None:
    return None


def cluster() -> str | None:
    """Why tests on a real cluster cannot run on this machine; None where they can."""
    for program in ("docker", "kind", "chromium"):
        if shutil.which(program) is None:
            return f"`{program}` is not on PATH"
    try:
        answer = subprocess.run(["docker", "version"], capture_output=True, text=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        return "Docker does not answer within 20 s"
    return None if answer.returncode == 0 else f"Docker does not answer: {answer.stderr.strip()}"


@dataclass(frozen=True, slots=True)
class Part:
    """One check: a program of the environment with its arguments, and what tells why it cannot run here."""

    name: str
    title: str
    command: tuple[str, ...]
    missing: Callable[[], str | None] = always


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    state: Literal["ok", "failed", "not run"]
    seconds: float = 0.0
    note: str = ""


SPREAD = ("pytest", "-n", "auto", "--dist", "worksteal")
"""Over all processors: what shares nothing."""

SIDE_BY_SIDE = ("pytest", "-n", "2", "--dist", "loadgroup")
"""The tests on a cluster, which share it, and those that need none: they wait more than they work."""

PARTS = (
    Part("lint", "ruff", ("ruff", "check", ".")),
    Part("format", "ruff format", ("ruff", "format", "--check", ".")),
    Part("types", "pyright", ("pyright",)),
    Part("imports", "import-linter", ("lint-imports", "--no-logo")),
    Part("unit", "unit, contract and screen tests", (*SPREAD, "-m", "not e2e", "--ignore", "tests/bench")),
    Part(
        "e2e",
        "tests on a real cluster with a real browser",
        (*SIDE_BY_SIDE, "-m", "e2e", "--ignore", "tests/bench"),
        cluster,
    ),
)


VISIBILITY = ("-p", "ddtrace", "--ddtrace")
VISIBILITY_SETTINGS = {
    "DD_CIVISIBILITY_AGENTLESS_ENABLED": "true",
    "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false",
    "DD_SERVICE": "vibecode",
    "DD_ENV": "ci",
}
"""See https://docs.datadoghq.com/tests/setup/python/; what is set already goes before."""


def visible(part: Part) -> Part:
    """The part with its tests' results sent to Datadog's Test Visibility."""
    return replace(part, command=(*part.command, *VISIBILITY)) if part.command[0] == "pytest" else part


def run(part: Part) -> Result:
    """Runs one part, shows what it prints as it prints it, and keeps pytest's own summary."""
    start = monotonic()
    print(f"\n── {part.name}: {part.title}", flush=True)
    colour = ["--color=yes"] if part.command[0] == "pytest" and sys.stdout.isatty() else []
    note = ""
    with subprocess.Popen(
        [BIN / part.command[0], *part.command[1:], *colour],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        # The version that is locked is the one that counts; pyright need not look for a newer one.
        env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            print(line, end="", flush=True)
            if found := SUMMARY.search(re.sub(r"\x1b\[[\d;]*m", "", line)):
                note = found["text"]
    return Result(part.name, "failed" if child.returncode else "ok", monotonic() - start, note)


def check(parts: Sequence[Part], *, required: bool) -> list[Result]:
    """Runs every part, whatever fails; one that cannot run here is a failure where it is `required`."""
    results: list[Result] = []
    for part in parts:
        reason = part.missing()
        if reason is None:
            results.append(run(part))
        else:
            results.append(Result(part.name, "failed" if required else "not run", note=reason))
    return results


def report(results: Sequence[Result]) -> int:
    """Prints what came of each part; the exit code."""
    print("\n── result")
    for result in results:
        seconds = f"{result.seconds:.1f} s" if result.seconds else ""
        print(f"{result.name:<8} {result.state:<8} {seconds:>9}  {result.note}".rstrip())
    if skipped := [result.name for result in results if result.state == "not run"]:
        print(f"\nNot run: {', '.join(skipped)}. `./check --all` takes that for a failure.")
    return int(any(result.state == "failed" for result in results))


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="./check",
        description="Checks the whole project, or the parts that are named.",
        epilog="\n".join(["parts:", *(f"  {part.name:<8} {part.title}" for part in PARTS)]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--all", action="store_true", help="a part that this machine cannot run is a failure")
    parser.add_argument(
        "--test-visibility", action="store_true", help="send the tests' results to Datadog, by the key in DD_API_KEY"
    )
    parser.add_argument(
        "part", nargs="*", metavar="PART", help="what to check; everything that can run, if none is named"
    )
    arguments = parser.parse_args()
    by_name = {part.name: part for part in PARTS}
    for name in arguments.part:
        if name not in by_name:
            parser.error(f"there is no part {name!r}; the parts are {', '.join(by_name)}")
    wanted = [part for part in PARTS if not arguments.part or part.name in arguments.part]
    if arguments.test_visibility:
        if not os.environ.get("DD_API_KEY"):
            parser.error("--test-visibility needs DD_API_KEY")
        os.environ.update(VISIBILITY_SETTINGS | os.environ)
        wanted = [visible(part) for part in wanted]
    return report(check(wanted, required=arguments.all or bool(arguments.part)))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
