import re

import pytest

from tests.check import Part, check, report


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
