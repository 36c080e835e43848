"""What is loaded, and when: told by fresh interpreters, since a static graph cannot see imports that are put off."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"docker", "fastapi", "httpx", "kubernetes", "pydantic", "rich", "textual", "uvicorn", "websockets", "yaml"}
FORBIDDEN = {
    "templates": {"textual", "kubernetes", "docker", "cluster", "screens", "launcher"},
    "cluster": {"textual", "screens", "launcher"},
    "screens": {"kubernetes", "docker", "keyring", "ddtrace", "launcher"},
    "launcher": {"textual"},
}
WALK = """
import importlib, pkgutil, {floor} as floor
for module in pkgutil.walk_packages(floor.__path__, "{floor}."):
    importlib.import_module(module.name)
"""


def imported(*command: str | Path) -> list[str]:
    """The modules that a Python program imports while it runs, in order."""
    answer = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPROFILEIMPORTTIME": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    times = [line for line in answer.stderr.splitlines() if line.startswith("import time:")]
    assert answer.returncode == 0, answer.stderr.replace("\n".join(times), "")
    return [line.rsplit("|", 1)[1].strip() for line in times[1:]]


def packages(modules: list[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


@pytest.mark.parametrize("floor", FORBIDDEN)
def test_every_module_of_a_floor_loads_nothing_from_above_it(floor: str) -> None:
    modules = imported(sys.executable, "-c", WALK.format(floor=floor))
    assert floor in modules
    assert packages(modules) & FORBIDDEN[floor] == set()


def test_version_loads_nothing_but_itself() -> None:
    bare = imported(sys.executable, "-c", "pass")
    modules = imported(Path(sys.executable).parent / "vibecode", "--version")
    assert set(modules) - set(bare) == {"launcher", "launcher.__main__"}


@pytest.mark.parametrize("arguments", [("--help",), ("new", "--help")])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    modules = imported(sys.executable, "-m", "launcher", *arguments)
    assert "launcher.cli" in modules
    assert packages(modules) & HEAVY == set()


def test_list_loads_no_client_library() -> None:
    modules = imported(sys.executable, "-m", "launcher", "list", "--json")
    assert "cluster.kind.engine" in modules
    assert packages(modules) & {"docker", "kubernetes", "pydantic", "textual"} == set()
