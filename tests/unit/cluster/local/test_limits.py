import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cluster.local.launch import Launch
from cluster.local.limits import Limits, confine, leave, members, parse_memory


def group(path: Path, given: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    (path / "cgroup.procs").write_text("")
    (path / "cgroup.subtree_control").write_text(given)
    return path


def test_the_nearest_group_that_hands_on_memory_and_processes_is_taken(tmp_path: Path) -> None:
    group(tmp_path / "user.slice", "cpu memory pids")
    user = group(tmp_path / "user.slice/user@1000.service", "memory pids")
    group(tmp_path / "user.slice/user@1000.service/app.slice", "memory")

    found = confine(Limits(2**30, 100), cgroups=tmp_path, own="/user.slice/user@1000.service/app.slice")

    assert (found.parent, found.data, found.tasks) == (user, None, None)
    assert "cgroup" in found.words
    entered = found.enter(Path("/home/ü/shop"))
    assert entered is not None
    assert entered == found.enter(Path("/home/ü/shop"))
    assert entered != found.enter(Path("/home/ü/other"))
    assert (entered / "memory.max").read_text() == str(2**30)
    assert (entered / "pids.max").read_text() == "100"


@pytest.mark.parametrize("given", ["", "cpu", "memory", "pids"])
def test_without_such_a_group_it_is_rlimits_and_a_person_is_told(tmp_path: Path, given: str) -> None:
    group(tmp_path, given)

    found = confine(Limits(2**30), cgroups=tmp_path, own="/")

    assert (found.parent, found.data) == (None, 2**30)
    assert (found.tasks is None) == (os.geteuid() == 0)
    assert "1024 MiB for each process (rlimit)" in found.words
    assert found.enter(tmp_path) is None


def test_a_group_that_is_gone_has_no_members(tmp_path: Path) -> None:
    assert members(tmp_path / "gone") == members(None) == []
    leave(tmp_path / "gone")
    (tmp_path / "cgroup.procs").write_text("1\n22\n")
    assert members(tmp_path) == [1, 22]


@pytest.mark.parametrize(("text", "size"), [("512Mi", 2**29), ("2Gi", 2**31), ("1Ti", 2**40)])
def test_a_quantity_of_memory(text: str, size: int) -> None:
    assert parse_memory(text) == size


def test_a_quantity_without_a_unit_is_refused() -> None:
    with pytest.raises(ValueError):
        parse_memory("2")


def launched(launch: Launch) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(launch.arguments(), capture_output=True, text=True, check=False)


def test_the_command_gets_its_limits_folder_and_group(tmp_path: Path) -> None:
    (tmp_path / "cgroup.procs").write_text("")
    script = "import resource, os; print(os.getcwd(), resource.getrlimit(resource.RLIMIT_DATA), os.getpid())"

    ended = launched(
        Launch((sys.executable, "-c", script), folder=str(tmp_path), cgroup=str(tmp_path), data=2**30, tasks=None)
    )

    pid = int(ended.stdout.split()[-1])
    assert ended.stdout == f"{tmp_path} ({2**30}, {2**30}) {pid}\n"
    assert (tmp_path / "cgroup.procs").read_text() == str(pid)


def test_a_group_that_may_not_be_joined_stops_nothing(tmp_path: Path) -> None:
    assert launched(Launch(("echo", "runs"), folder="/", cgroup=str(tmp_path / "gone"))).stdout == "runs\n"


def test_a_limit_is_never_above_what_the_person_has() -> None:
    script = "import resource; print(resource.getrlimit(resource.RLIMIT_NPROC))"
    _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    wanted = 2**40 if hard != resource.RLIM_INFINITY else 5000

    ended = launched(Launch((sys.executable, "-c", script), folder="/", tasks=wanted))

    limit = wanted if hard == resource.RLIM_INFINITY else hard
    assert ended.stdout == f"{(limit, limit)}\n"


@pytest.mark.parametrize(("word", "code", "said"), [(b"\n", 0, b"runs\n"), (b"", 1, b"")])
def test_one_that_is_held_waits_for_its_word(word: bytes, code: int, said: bytes) -> None:
    held = Launch(("sh", "-c", "echo runs; cat"), "/", held=True).arguments()
    ended = subprocess.run(held, input=word, capture_output=True, check=False)
    assert (ended.returncode, ended.stdout) == (code, said)


@pytest.mark.parametrize(("mode", "code"), [(None, 127), (0o600, 126)])
def test_a_command_that_cannot_run_is_told_as_a_shell_would(tmp_path: Path, mode: int | None, code: int) -> None:
    if mode is not None:
        (tmp_path / "program").write_text("")
        (tmp_path / "program").chmod(mode)

    ended = launched(Launch((str(tmp_path / "program"),), folder="/"))

    assert ended.returncode == code
    assert str(tmp_path / "program") in ended.stderr


def test_a_command_may_have_any_words() -> None:
    words = ("=", "--", "held", "data=1", "ü", "a b")
    assert launched(Launch(("printf", "%s\\n", *words), "/")).stdout.splitlines() == list(words)


def test_signals_that_are_ignored_here_end_what_runs_in_a_workspace() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        ended = launched(Launch(("sh", "-c", "kill -INT $$"), "/"))
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.returncode == -signal.SIGINT
