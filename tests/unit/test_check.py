import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.check import VISIBILITY_SETTINGS, Part, check, report, visible
from tests.fakes.datadog_agent import datadog_agent
from tests.fakes.datadog_api import API_KEY


def part(name: str, script: str, missing: str | None = None) -> Part:
    return Part(name, name, ("python", "-c", script), lambda: missing)


def test_a_failure_stops_nothing_and_is_the_exit_code(capfd: pytest.CaptureFixture[str]) -> None:
    results = check([part("first", "raise SystemExit(3)"), part("second", "print('ran')")], required=False)
    assert [(result.name, result.state) for result in results] == [("first", "failed"), ("second", "ok")]
    assert report(results) == 1
    assert "ran\n" in capfd.readouterr().out


def test_report_ends_with_the_summary_of_pytest(capfd: pytest.CaptureFixture[str]) -> None:
    line = "\\x1b[32m===== \\x1b[32m\\x1b[1m2 passed\\x1b[0m, 1 skipped in 0.03s (0:00:01) =====\\x1b[0m"
    assert report(check([part("unit", f"print('{line}')")], required=False)) == 0
    last = capfd.readouterr().out.splitlines()[-1]
    assert re.fullmatch(r"unit +ok +\d\.\d s  2 passed, 1 skipped in 0\.03s \(0:00:01\)", last)


@pytest.mark.parametrize(("required", "state", "code"), [(False, "not run", 0), (True, "failed", 1)])
def test_what_cannot_run_is_named_and_fails_only_where_required(
    required: bool, state: str, code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    results = check([part("e2e", "pass", "Docker does not answer")], required=required)
    assert [result.state for result in results] == [state]
    assert report(results) == code
    out = capfd.readouterr().out
    assert "── e2e" not in out
    assert "Docker does not answer" in out
    assert ("Not run: e2e" in out) is not required


def test_where_it_is_asked_for_datadog_is_told_of_each_test(tmp_path: Path) -> None:
    (tmp_path / "test_sums.py").write_text(
        "def test_right():\n    assert 1 + 1 == 2\n\ndef test_wrong():\n    assert 0\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    program, *arguments = visible(Part("unit", "unit", ("pytest", "-q"))).command
    with datadog_agent() as datadog:
        told = {"DD_API_KEY": API_KEY, "DD_CIVISIBILITY_AGENTLESS_URL": datadog.url}
        alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        subprocess.run(
            [Path(sys.executable).parent / program, *arguments],
            cwd=tmp_path,
            env={**os.environ, **VISIBILITY_SETTINGS, **told, **alone},
            capture_output=True,
            check=False,
        )
        events = datadog.tests.get(timeout=30)
    results = {one["content"]["meta"]["test.name"]: one["content"] for one in events if one["type"] == "test"}

    assert {name: one["meta"]["test.status"] for name, one in results.items()} == {
        "test_right": "pass",
        "test_wrong": "fail",
    }
    assert {(one["service"], one["meta"]["env"]) for one in results.values()} == {("vibecode", "ci")}


def test_nothing_but_tests_is_told() -> None:
    lint = Part("lint", "ruff", ("ruff", "check"))
    assert visible(lint) == lint
