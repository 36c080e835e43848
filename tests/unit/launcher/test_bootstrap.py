"""./vibecode in small checkouts of their own: a real interpreter, a real pip, one tiny locked package, no network."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.bootstrap import BootstrapError, Checkout, cache_flags, clean, create, hint, venv_hint

ROOT = Path(__file__).parents[3]
PARTS = ("vibecode", "launcher/bootstrap.py", "launcher/find-python.sh")

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "vibecode"
version = "1"
"""

# Builds the editable wheel by itself. Where there are FIFOs, it says that it runs and waits to be let go on.
BACKEND = """
import pathlib, zipfile

ROOT = pathlib.Path(__file__).parent
INFO = "vibecode-1.dist-info"

def build_editable(directory, config_settings=None, metadata_directory=None):
    with (ROOT / "builds").open("a") as builds:
        builds.write("x")
    if (ROOT / "reached").exists():
        (ROOT / "reached").open("w").close()
        (ROOT / "released").open().close()
    name = "vibecode-1-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(directory) / name, "w") as wheel:
        wheel.writestr("editable.pth", str(ROOT))
        wheel.writestr(f"{INFO}/METADATA", "Metadata-Version: 2.1\\nName: vibecode\\nVersion: 1\\n")
        wheel.writestr(f"{INFO}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{INFO}/entry_points.txt", "[console_scripts]\\nvibecode = program:main\\n")
        wheel.writestr(f"{INFO}/RECORD", "")
    return name
"""

PROGRAM = """
import os, sys, locked

def main():
    print(locked.__name__, os.getcwd(), *sys.argv[1:], sep="|")
"""


def write_wheel(folder: Path, version: int) -> str:
    """The locked package's wheel; its hash."""
    info = f"locked-{version}.dist-info"
    files = {
        "locked.py": b"",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: locked\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()},\n"
        for name, content in files.items()
    )
    wheel = folder / f"locked-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr(f"{info}/RECORD", record)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


class Place:
    """A checkout on disk, and how its command is called."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a checkout ünïcode 東京"
        self.wheels = folder / "wheels"
        self.elsewhere = folder / "elsewhere"
        self.wheels.mkdir(parents=True)
        self.elsewhere.mkdir()
        for part in PARTS:
            (self.root / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / part, self.root / part)
        (self.root / "pyproject.toml").write_text(PROJECT)
        (self.root / "backend.py").write_text(BACKEND)
        (self.root / "program.py").write_text(PROGRAM)
        (self.root / "requirements.lock").write_text(f"locked==1 --hash=sha256:{write_wheel(self.wheels, 1)}\n")

    @property
    def checkout(self) -> Checkout:
        return Checkout(self.root)

    @property
    def builds(self) -> int:
        return len((self.root / "builds").read_text())

    @property
    def command(self) -> Path:
        return self.root / "vibecode"

    def start(self, *command: str | Path, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=self.elsewhere,
            env={
                "PATH": "/usr/bin:/bin",
                "PYTHON": sys.executable,
                "PYTHONDONTWRITEBYTECODE": "1",
                "PIP_NO_INDEX": "1",
                "PIP_FIND_LINKS": str(self.wheels),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *command: str | Path, **environment: str) -> tuple[int, str, str]:
        with self.start(*command, **environment) as process:
            out, err = process.communicate()
        return process.returncode, out, err

    def hold_builds(self) -> None:
        os.mkfifo(self.root / "reached")
        os.mkfifo(self.root / "released")

    def await_build(self) -> None:
        (self.root / "reached").open().close()

    def release_build(self) -> None:
        (self.root / "reached").unlink()
        (self.root / "released").open("w").close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Path]:
    """A checkout whose environment was made once, and a copy of it to go back to."""
    folder = tmp_path_factory.mktemp("made")
    place = Place(folder)
    link = folder / "bin" / "vibecode"
    link.parent.mkdir()
    link.symlink_to(os.path.relpath(place.root / "vibecode", link.parent))
    before = tree(folder)
    code, out, err = place.call(link, "--flag", "two words")
    assert (code, out) == (0, f"locked|{place.elsewhere}|--flag|two words\n"), err
    assert "VibeCode … " in err
    new = {path for path in tree(folder) - before if ".venv" not in path.parts}
    assert new == {place.root / "builds"}
    shutil.copytree(place.root, folder / "pristine", symlinks=True)
    return place, folder / "pristine"


def link_packages(source: str, target: str) -> None:
    """Installed files are never written to, so they need no copy."""
    if "site-packages" in source:
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def tree(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.fixture
def place(made: tuple[Place, Path]) -> Iterator[Place]:
    place, pristine = made
    yield place
    shutil.rmtree(place.root)
    shutil.copytree(pristine, place.root, symlinks=True, copy_function=link_packages)


def test_made_environment_starts_without_any_python_on_path(place: Place, tmp_path: Path) -> None:
    code, out, err = place.call(place.command, "list", PATH=str(tmp_path), PYTHON="")
    assert (code, out, err) == (0, f"locked|{place.elsewhere}|list\n", "")


def test_changed_sources_update_the_environment_in_place_without_a_home(place: Place, tmp_path: Path) -> None:
    kept = place.root / ".venv" / "kept"
    kept.touch()
    (place.root / "pyproject.toml").write_text(PROJECT + 'description = "changed"\n')
    code, _, err = place.call(place.command, HOME=str(tmp_path / "absent"))
    assert code == 0, err
    assert (place.builds, kept.exists()) == (2, True)
    assert tree(tmp_path) == set()


def test_touched_sources_are_only_stamped_again(place: Place) -> None:
    (place.root / "pyproject.toml").touch()
    assert place.call(place.command)[2] == ""
    assert place.builds == 1
    stamp = place.checkout.runtime.stamp
    assert stamp.stat().st_mtime_ns > (place.root / "pyproject.toml").stat().st_mtime_ns


def test_two_at_once_make_it_once(place: Place) -> None:
    (place.root / "pyproject.toml").write_text(PROJECT + 'description = "changed"\n')
    place.hold_builds()
    with place.start(place.command) as first:
        place.await_build()
        with place.start(place.command) as second:
            assert second.stderr is not None
            assert "another call" in second.stderr.readline()
            place.release_build()
            assert second.wait() == 0
        assert first.wait() == 0
    assert place.builds == 2


def test_killed_bootstrap_is_made_anew_after_what_it_left_running(place: Place) -> None:
    (place.root / "pyproject.toml").write_text(PROJECT + 'description = "changed"\n')
    kept = place.root / ".venv" / "kept"
    kept.touch()
    place.hold_builds()
    with place.start(sys.executable, "-I", place.root / "launcher/bootstrap.py") as bootstrap:
        place.await_build()
        bootstrap.kill()
    with place.start(place.command, "again") as second:
        assert second.stderr is not None
        assert "another call" in second.stderr.readline()
        place.release_build()
        out, err = second.communicate()
    assert out == f"locked|{place.elsewhere}|again\n", err
    assert "it is replaced" in err
    assert not kept.exists()


def test_wrong_hash_is_refused_with_an_action(place: Place) -> None:
    write_wheel(place.wheels, 2)
    (place.root / "requirements.lock").write_text(f"locked==2 --hash=sha256:{'0' * 64}\n")
    code, out, err = place.call(place.command)
    assert (code, out) == (1, "")
    assert "not what was locked" in err.splitlines()[-1]
    assert "Traceback" not in err


def test_unreachable_index_is_told_with_an_action(place: Place) -> None:
    (place.root / "requirements.lock").write_text(f"absent==1 --hash=sha256:{'0' * 64}\n")
    index = {"PIP_NO_INDEX": "0", "PIP_RETRIES": "1", "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    code, _, err = place.call(place.command, **index)
    assert code == 1
    assert "Check the connection" in err.splitlines()[-1]


@pytest.mark.parametrize("damage", ["interpreter", "command", "stamp", "moved", "foreign"])
def test_damage_is_noticed(place: Place, damage: str) -> None:
    environment = place.root / ".venv"
    assert place.checkout.is_usable()
    match damage:
        case "interpreter":
            for name in ("python", "python3"):
                (environment / "bin" / name).unlink()
                (environment / "bin" / name).symlink_to("/nowhere/python3")
        case "command":
            (environment / "bin" / "vibecode").unlink()
        case "stamp":
            (environment / "runtime.stamp").unlink()
        case "moved":
            (environment / "runtime.stamp").write_bytes(b"/elsewhere\n0\n")
        case _:
            shutil.rmtree(environment)
            environment.mkdir()
    assert not place.checkout.is_usable()


def test_folder_that_may_not_be_written_is_named(place: Place) -> None:
    lock = place.root / "requirements.lock"
    lock.unlink()
    lock.mkdir()
    code, out, err = place.call(place.command)
    assert (code, out) == (1, "")
    assert str(lock) in err
    assert "may write" in err.splitlines()[-1]


def test_python_without_venv_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(BootstrapError, match="lacks `venv` or `ensurepip`"):
        create(Checkout(tmp_path), 0)
    assert tree(tmp_path) == set()


@pytest.mark.parametrize(
    ("apt", "version", "expected"),
    [
        (True, Path("/usr/bin/python3").resolve().name.removeprefix("python"), "sudo apt-get install python3-venv"),
        (True, "3.99", "sudo apt-get install python3.99-venv"),
        (False, "3.99", "PYTHON="),
    ],
)
def test_venv_hint(apt: bool, version: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if apt:
        stub(tmp_path / "apt-get", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert expected in venv_hint(version)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("OSError: [Errno 28] No space left on device", "disk space"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "cache purge"),
        (
            "Retrying after connection broken by 'ProxyError()'\nERROR: No matching distribution found for rich==1",
            "HTTPS_PROXY",
        ),
        ("ERROR: No matching distribution found for rich==1", "PYTHON=python3.13"),
        ("something else", "it starts over"),
    ],
)
def test_hint_fits_what_failed(output: str, expected: str) -> None:
    assert expected in hint(output)


@pytest.mark.parametrize(
    ("environment", "cached"),
    [
        ({}, False),
        ({"HOME": ""}, False),
        ({"HOME": "/nonexistent"}, False),
        ({"HOME": "/"}, os.access("/", os.W_OK)),
        ({"XDG_CACHE_HOME": "/cache"}, True),
        ({"PIP_CACHE_DIR": "/cache"}, True),
    ],
)
def test_cache_needs_a_home(environment: dict[str, str], cached: bool) -> None:
    assert cache_flags(environment) == ([] if cached else ["--no-cache-dir"])


def test_nothing_points_python_or_temporary_files_elsewhere(tmp_path: Path) -> None:
    person = {"PYTHONPATH": "/a", "PYTHONHOME": "/b", "PIP_USER": "1", "TMPDIR": "/c", "PIP_INDEX_URL": "kept"}
    assert clean(person, tmp_path) == {"PIP_USER": "0", "TMPDIR": str(tmp_path), "PIP_INDEX_URL": "kept"}


def stub(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def python_stub(path: Path, *, recent: bool, complete: bool) -> None:
    """An interpreter as the search sees it, that names itself where it is taken."""
    stub(
        path,
        f"""
case "$*" in
    *"import ensurepip"*) exit {int(not (recent and complete))} ;;
    *"import sys"*) exit {int(not recent)} ;;
    *) echo "{path.name} was taken" >&2; exit 3 ;;
esac""",
    )


@pytest.mark.parametrize(
    ("pythons", "chosen", "taken"),
    [
        ({"python3.11": (True, True), "python3.13": (True, True)}, None, "python3.13"),
        ({"python3.13": (True, False), "python3.11": (True, True)}, None, "python3.11"),
        ({"python3.12": (True, False), "python3": (False, True)}, None, "python3.12"),
        ({"python3.12": (False, True), "python3": (True, True)}, None, "python3"),
        ({"python3.14": (True, True), "my python/py": (True, True)}, "my python/py", "py"),
        ({"python3.14": (True, True), "my python/py": (False, True)}, "my python/py", "python3.14"),
    ],
)
def test_which_python_is_taken(
    pythons: dict[str, tuple[bool, bool]], chosen: str | None, taken: str, tmp_path: Path
) -> None:
    place = Place(tmp_path / "place")
    for name, (recent, complete) in pythons.items():
        python_stub(tmp_path / "bin" / name, recent=recent, complete=complete)
    named = str(tmp_path / "bin" / chosen) if chosen else ""
    code, out, err = place.call(place.command, PATH=str(tmp_path / "bin"), PYTHON=named)
    assert (code, out, err) == (3, "", f"{taken} was taken\n")


def test_no_python_is_one_line_that_says_what_to_install(tmp_path: Path) -> None:
    place = Place(tmp_path / "place")
    python_stub(tmp_path / "bin" / "python3", recent=False, complete=True)
    code, out, err = place.call(place.command, PATH=str(tmp_path / "bin"), PYTHON="")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "Python 3.11 or newer" in err
