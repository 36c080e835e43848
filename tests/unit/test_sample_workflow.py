"""The workflow in the README, run as it stands there: with a key Datadog is told of each test, else nobody is."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.datadog_agent import DatadogAgent, datadog_agent
from tests.fakes.datadog_api import API_KEY

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WORKFLOW = re.search(r"^    name: tests\n.*?(?=^\S)", README, re.MULTILINE | re.DOTALL)
UV = "uv run --with ddtrace pytest"
PLAIN = "[pytest]\n"
WATCHED = "[pytest]\naddopts = -p no:ddtrace\n"
"""As in the template `python-datadog`, whose own tests watch ddtrace."""


def sample() -> str:
    assert WORKFLOW
    return WORKFLOW[0]


def settings() -> dict[str, str]:
    """The variables that the workflow sets for its job."""
    block = re.search(r"^ +env:\n((?: +DD_\w+: .*\n)+)", sample(), re.MULTILINE)
    assert block
    return {name: value.strip('"') for name, value in re.findall(r"(DD_\w+): (.*)", block[1])}


def run(folder: Path, key: str, datadog: DatadogAgent, ini: str) -> int:
    """The last step, by this environment's own pytest in uv's place."""
    (folder / "pytest.ini").write_text(ini)
    (folder / "test_sums.py").write_text("def test_right():\n    assert 1 + 1 == 2\n")
    [command] = re.findall(r"- run: (.*pytest.*)", sample())
    assert command.startswith(UV)
    environment = {**os.environ, **settings(), "DD_API_KEY": key, "DD_CIVISIBILITY_AGENTLESS_URL": datadog.url}
    shell = shutil.which("bash")
    assert shell  # what GitHub runs a step with
    done = subprocess.run(
        [shell, "-e", "-c", command.replace(UV, f"{sys.executable} -m pytest")],
        cwd=folder,
        env=environment | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        check=False,
    )
    return done.returncode


@pytest.mark.parametrize("ini", [PLAIN, WATCHED])
def test_with_a_key_datadog_is_told_of_each_test(tmp_path: Path, ini: str) -> None:
    with datadog_agent() as datadog:
        assert run(tmp_path, API_KEY, datadog, ini) == 0
        events = datadog.tests.get(timeout=30)
    [told] = [one["content"] for one in events if one["type"] == "test"]

    assert (told["meta"]["test.name"], told["meta"]["test.status"]) == ("test_right", "pass")
    assert (told["service"], told["meta"]["env"]) == (settings()["DD_SERVICE"], settings()["DD_ENV"])


def test_without_a_key_the_tests_run_and_nobody_is_told(tmp_path: Path) -> None:
    with datadog_agent() as datadog:
        assert run(tmp_path, "", datadog, PLAIN) == 0
        assert datadog.received == []


def test_the_key_is_a_secret_of_the_repository() -> None:
    assert settings()["DD_API_KEY"] == "${{ secrets.DD_API_KEY }}"
    assert settings()["DD_CIVISIBILITY_AGENTLESS_ENABLED"] == "true"
