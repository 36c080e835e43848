"""What is locked and what is shipped."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCKS = {name: ROOT / name for name in ("requirements.lock", "tests/requirements.lock")}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FLOORS = ("launcher", "screens", "cluster", "templates")
CHECKOUT_ONLY = {"launcher/bootstrap.py", "launcher/find-python.sh"}
"""What makes a checkout's environment has no meaning in an installed copy."""


def entries(lock: Path) -> list[str]:
    """The lock's logical lines."""
    return lock.read_text().replace("\\\n", " ").splitlines()


def requirements(lock: Path) -> list[Requirement]:
    return [Requirement(entry.partition(" --hash")[0]) for entry in entries(lock)]


def versions(lock: Path) -> dict[str, str]:
    return {requirement.name: str(requirement.specifier) for requirement in requirements(lock)}


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_every_requirement_is_pinned_and_has_hashes(lock: Path) -> None:
    assert entries(lock)
    for entry in entries(lock):
        assert re.fullmatch(r"[a-z0-9._-]+==[^ ;]+ *(;[^\"]*?)?( +--hash=sha256:[0-9a-f]{64})+", entry), entry


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_lock_names_no_place(lock: Path) -> None:
    text = lock.read_text()
    for sign in ("://", " @ ", "--index-url", "--extra-index-url", "--find-links", "-e "):
        assert sign not in text


def test_the_tests_lock_has_the_runtime_of_the_same_versions() -> None:
    runtime, tests = (versions(lock) for lock in LOCKS.values())
    assert runtime.items() <= tests.items()


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["build"]),
        ("tests/requirements.lock", PROJECT["dependency-groups"]["test"]),
    ],
)
def test_lock_satisfies_the_project(lock: str, wanted: list[str]) -> None:
    locked = versions(LOCKS[lock])
    for text in wanted:
        requirement = Requirement(text)
        assert requirement.specifier.contains(locked[requirement.name].removeprefix("==")), text


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def shipped(wheel: zipfile.ZipFile) -> set[str]:
    return {name for name in wheel.namelist() if ".dist-info/" not in name}


def tracked() -> set[str]:
    """The floors' files as git knows them or would take them: without what .gitignore leaves out."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *FLOORS],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return {name for name in listing.stdout.split("\0") if name and (ROOT / name).exists()}


def test_wheel_has_every_file_of_the_floors_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    assert shipped(wheel) == tracked() - CHECKOUT_ONLY


def test_wheel_has_whole_templates_and_the_image(wheel: zipfile.ZipFile) -> None:
    templates = [path.parent for path in ROOT.glob("templates/*/template.toml")]
    assert templates
    wanted = {"cluster/image/Dockerfile"}
    for template in templates:
        wanted.add(f"templates/{template.name}/template.toml")
        files = [path for path in (template / "files").rglob("*") if path.is_file() and path.suffix != ".pyc"]
        assert files, template
        wanted.update(str(path.relative_to(ROOT)) for path in files)
    assert wanted <= shipped(wheel)
    assert any(PurePosixPath(name).name.startswith(".") for name in wanted)


def test_wheel_has_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    (info,) = {name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    assert "vibecode = launcher.__main__:main" in wheel.read(f"{info}/entry_points.txt").decode()
    assert f"{info}/licenses/LICENSE" in wheel.namelist()
