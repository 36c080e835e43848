"""What is logged, where, and for whom."""

import logging
import warnings
from pathlib import Path

import pytest

from launcher import logs


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "vibecode.log"


def lines(file: Path) -> list[str]:
    return [line.split(" ", 2)[2] for line in file.read_text(encoding="utf-8").splitlines()]


def test_no_file_is_made_before_there_is_something_to_say(file: Path) -> None:
    logs.start(file, "DEBUG")

    assert not file.parent.exists()


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("DEBUG", ["DEBUG", "INFO", "WARN", "ERROR"]),
        ("INFO", ["INFO", "WARN", "ERROR"]),
        ("WARN", ["WARN", "ERROR"]),
        ("ERROR", ["ERROR"]),
    ],
)
def test_levels_are_as_their_words_say(file: Path, level: str, expected: list[str]) -> None:
    logs.start(file, level)
    log = logging.getLogger("cluster.kind")
    log.debug("one")
    log.info("two")
    log.warning("three")
    log.error("four")

    assert [line.split()[0] for line in lines(file)] == expected
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_libraries_are_only_heard_from_warnings_on(file: Path) -> None:
    logs.start(file, "DEBUG")
    logging.getLogger("httpcore.http11").debug("send_request_headers: Authorization")
    logging.getLogger("httpx").info("GET /?ticket=1")
    logging.getLogger("docker").warning("told")

    assert [line.rpartition(": ")[2] for line in lines(file)] == ["told"]


def test_python_warnings_are_logged(file: Path) -> None:
    logs.start(file, "INFO")
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        logging.captureWarnings(True)
        warnings.warn("old ways", DeprecationWarning, stacklevel=1)

    assert "old ways" in file.read_text()


def test_the_file_turns_over_and_stays_private(file: Path) -> None:
    logs.start(file, "INFO")
    for _ in range(3):
        logging.getLogger("launcher").info("x" * (logs.MAX_BYTES - 100))

    kept = sorted(file.parent.iterdir())
    assert [one.name for one in kept] == ["vibecode.log", "vibecode.log.1", "vibecode.log.2"]
    assert {one.stat().st_mode & 0o777 for one in kept} == {0o600}


def test_a_log_that_cannot_be_written_disturbs_nobody(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text("a file, not a folder")
    logs.start(tmp_path / "logs" / "vibecode.log", "INFO")
    logging.getLogger("launcher").error("unheard")

    assert capfd.readouterr() == ("", "")


def test_starting_again_does_not_log_twice(file: Path) -> None:
    logs.start(file, "INFO")
    logs.start(file, "INFO")
    logging.getLogger("launcher").info("once")

    assert len(lines(file)) == 1
