"""The templates that come with the program keep to what templates/README.md asks of them."""

import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from templates.catalog import Catalog
from templates.project import Project
from templates.render import render
from templates.variables import NAME, StringVariable

IDS = Catalog().ids()
PLACEHOLDER = re.compile(r"(?<!\$)\{\{ (\w+) \}\}")


def rendered(template_id: str, **values: str) -> Project:
    return render(Catalog().load(template_id), {"name": "my-shop", **values})


def texts(project: Project) -> dict[str, str]:
    return {file.path: b"".join(file.chunks()).decode() for file in project.files}


def written(project: Project, folder: Path) -> Path:
    for file in project.files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(file.chunks()))
    return folder


def test_there_are_three_and_none_is_broken() -> None:
    assert IDS == ("node-express", "python-fastapi", "static-site")
    assert Catalog().list().broken == {}


@pytest.mark.parametrize("template_id", IDS)
def test_nothing_is_left_to_fill_in_and_every_variable_is_used(template_id: str) -> None:
    template = Catalog().load(template_id)
    used: dict[str, list[str]] = defaultdict(list)
    for path in template.files.rglob("*"):
        if path.is_file():
            for name in PLACEHOLDER.findall(path.read_text(encoding="utf-8")):
                used[name].append(path.name)
    assert used.keys() == {NAME, *template.manifest.variables}
    project = rendered(template_id)
    assert not [path for path, text in texts(project).items() if PLACEHOLDER.search(text)]
    assert "my-shop" in texts(project)["README.md"]


@pytest.mark.parametrize("template_id", IDS)
def test_the_editors_tasks_are_the_manifests_commands(template_id: str) -> None:
    project = rendered(template_id)
    tasks = {task["label"]: task for task in json.loads(texts(project)[".vscode/tasks.json"])["tasks"]}
    assert project.manifest.run
    assert project.manifest.test
    assert tasks["run"]["command"] == project.manifest.run
    assert tasks["test"]["command"] == project.manifest.test
    assert tasks["run"]["group"] == {"kind": "build", "isDefault": True}
    launches = json.loads(texts(project).get(".vscode/launch.json", '{"configurations": []}'))["configurations"]
    assert all(launch["preLaunchTask"] in tasks for launch in launches)


@pytest.mark.parametrize("template_id", IDS)
def test_the_readme_says_how_to_run_test_and_reach_it_and_names_only_what_is_there(template_id: str) -> None:
    project = rendered(template_id)
    readme = texts(project)["README.md"]
    assert project.manifest.run in readme
    assert project.manifest.test in readme
    [port] = project.manifest.ports
    assert f"vibecode open my-shop --port {port}" in readme
    assert "## What to do next" in readme
    listed = re.findall(r"^\| `([\w./-]+\.\w+)` \|", readme, re.MULTILINE)
    assert len(listed) >= 4
    assert set(listed) <= texts(project).keys()


@pytest.mark.parametrize("template_id", IDS)
def test_what_is_shipped_is_not_what_its_own_gitignore_names(template_id: str) -> None:
    template = Catalog().load(template_id)
    tracked = {path.relative_to(template.files).as_posix() for path in template.files.rglob("*") if path.is_file()}
    ignored = {path for path in tracked if re.search(r"(^|/)(__pycache__|node_modules|\.venv)/", path)}
    assert texts(rendered(template_id)).keys() == tracked - ignored
    assert ".gitignore" in tracked


@pytest.mark.parametrize("template_id", IDS)
def test_no_value_that_a_variable_takes_breaks_a_file(template_id: str) -> None:
    template = Catalog().load(template_id)
    free = [
        name
        for name, variable in template.manifest.variables.items()
        if isinstance(variable, StringVariable) and variable.pattern is None
    ]
    assert free
    project = rendered(template_id, **dict.fromkeys(free, "# /* -- = [a] (b) ; | ~ ! * ? % ^ @ : , . + _ */ //"))
    for path, text in texts(project).items():
        if path.endswith(".json"):
            json.loads(text)
        elif path.endswith(".toml"):
            tomllib.loads(text)
        elif path.endswith(".py"):
            compile(text, path, "exec")


@pytest.mark.parametrize("template_id", IDS)
def test_direct_dependencies_are_pinned(template_id: str) -> None:
    files = texts(rendered(template_id))
    assert not [path for path in files if "lock" in path]
    if "package.json" in files:
        package = json.loads(files["package.json"])
        versions = [*package["dependencies"].values(), *package.get("devDependencies", {}).values()]
        assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
    if "pyproject.toml" in files:
        project = tomllib.loads(files["pyproject.toml"])
        requirements = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
        assert all(re.fullmatch(r"[\w-]+==[\d.]+", requirement) for requirement in requirements)


def test_the_static_sites_own_tests_pass_and_find_a_broken_link(tmp_path: Path) -> None:
    site = written(rendered("static-site"), tmp_path)
    command = [sys.executable, "-B", "-m", "unittest", "discover", "tests"]
    passed = subprocess.run(command, cwd=site, capture_output=True, text=True, check=False)
    assert passed.returncode == 0, passed.stderr
    assert "Ran 4 tests" in passed.stderr
    for wrong in ('href="nowhere.html"', 'href="about.html#nowhere"', 'href="../README.md"'):
        page = site / "site" / "index.html"
        right = page.read_text(encoding="utf-8")
        page.write_text(right.replace('href="about.html#colophon"', wrong), encoding="utf-8")
        failed = subprocess.run(command, cwd=site, capture_output=True, text=True, check=False)
        page.write_text(right, encoding="utf-8")
        assert failed.returncode == 1
        assert "FAILED (failures=1)" in failed.stderr
