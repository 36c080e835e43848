"""./vibecode in small checkouts of their own: a real interpreter, a real pip, one tiny locked package, no network."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.bootstrap import BootstrapError, Checkout, cache_flags, clean, create, hint, venv_hint
from tests.fakes.checkout import PROJECT, Place, write_wheel


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
