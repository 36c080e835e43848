"""The templates that come with the program keep to what templates/README.md asks of them."""

import json
import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from templates.catalog import Catalog
from templates.manifest import TemplateManifest
from templates.project import Project
from templates.render import render
from templates.services import SERVICES
from templates.toolchains import called_by
from templates.variables import NAME, StringVariable
from tests.catalog.proofs import PROOFS

IDS = Catalog().ids()
EMPTY = "empty"
PROGRAMS = [template_id for template_id in IDS if template_id != EMPTY]
CRATES = "registry+https://github.com/rust-lang/crates.io-index"
"""What Cargo calls its own registry, whatever mirror stands for it."""
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


def test_none_is_broken() -> None:
    assert Catalog().list().broken == {}


@pytest.mark.parametrize("template_id", IDS)
def test_a_gallery_has_something_to_show_and_to_search(template_id: str) -> None:
    manifest = Catalog().load(template_id).manifest
    assert manifest.icon != TemplateManifest.model_fields["icon"].default
    assert manifest.good_for
    assert not manifest.good_for.endswith(".")
    assert manifest.description.endswith(".")
    assert len(manifest.tags) >= 3


def test_no_two_have_the_same_icon() -> None:
    icons = Counter(Catalog().load(template_id).manifest.icon for template_id in IDS)
    assert [icon for icon, count in icons.items() if count > 1] == []


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("react", {"vite-react", "nextjs", "fullstack-fastapi-react"}),
        ("ml", {"python-ml"}),
        ("sqlite", {"python-fastapi", "python-django", "python-worker"}),
        ("postgres", {"python-postgresql", "python-django-postgresql", "fullstack-fastapi-react"}),
        ("redis", {"python-redis"}),
        ("cli", {"python-typer", "node-cli", "go-cli", "rust-cli"}),
        ("go", {"go-http", "go-cli"}),
        ("rust", {"rust-axum", "rust-cli"}),
        ("spring", {"java-spring"}),
    ],
)
def test_what_one_searches_for_is_a_tag(word: str, found: set[str]) -> None:
    assert {template_id for template_id in IDS if word in Catalog().load(template_id).manifest.tags} >= found


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
def test_its_files_are_complete(template_id: str) -> None:
    files = texts(rendered(template_id))
    wanted = {"README.md", ".gitignore"}
    if template_id != EMPTY:
        wanted |= {f".vscode/{name}.json" for name in ("launch", "settings", "tasks")}
        assert [path for path in files if re.search(r"(^|/)tests?/|\.test\.|(^|/)test_|_test\.go$", path)]
    assert wanted <= files.keys()


@pytest.mark.parametrize("template_id", PROGRAMS)
def test_the_editors_tasks_are_the_manifests_commands(template_id: str) -> None:
    project = rendered(template_id)
    tasks = {task["label"]: task for task in json.loads(texts(project)[".vscode/tasks.json"])["tasks"]}
    commands = {label: getattr(project.manifest, label) for label in ("run", "test", "lint", "install")}
    assert commands["run"]
    assert commands["test"]
    assert {label: task["command"] for label, task in tasks.items()} == {
        label: command for label, command in commands.items() if command
    }
    assert tasks["run"]["group"] == {"kind": "build", "isDefault": True}
    assert tasks["test"]["group"] == {"kind": "test", "isDefault": True}
    launches = json.loads(texts(project)[".vscode/launch.json"])["configurations"]
    assert launches
    assert {launch["preLaunchTask"] for launch in launches if "preLaunchTask" in launch} <= tasks.keys()


@pytest.mark.parametrize("template_id", PROGRAMS)
def test_what_has_dependencies_installs_and_lints_them(template_id: str) -> None:
    project = rendered(template_id)
    if {"package.json", "pyproject.toml", "go.mod", "Cargo.toml", "pom.xml"} & texts(project).keys():
        assert project.manifest.install
        assert project.manifest.lint


@pytest.mark.parametrize("template_id", PROGRAMS)
def test_its_ports_are_those_that_its_files_name(template_id: str) -> None:
    project = rendered(template_id)
    code = [text for path, text in texts(project).items() if path != "README.md" and not path.startswith(".vscode/")]
    for port in project.manifest.ports:
        assert re.search(rf"\b{port}\b", "\n".join([project.manifest.run, *code]))


@pytest.mark.parametrize("template_id", PROGRAMS)
def test_the_readme_says_how_to_run_test_and_reach_it_and_names_only_what_is_there(template_id: str) -> None:
    project = rendered(template_id)
    readme = texts(project)["README.md"]
    for command in (project.manifest.run, project.manifest.test, project.manifest.lint):
        assert command in readme
    for port in project.manifest.ports[:1]:
        assert f"vibecode open my-shop --port {port}" in readme
    assert "## What to do next" in readme
    listed = re.findall(r"^\| `([\w.\[\]-][\w./\[\]-]*\.\w+)` \|", readme, re.MULTILINE)
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
        if isinstance(variable, StringVariable) and variable.pattern is None and not variable.choices
    ]
    assert free or template_id == EMPTY
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
    assert not [path for path in files if "lock" in path and path != "Cargo.lock"]
    for path in (path for path in files if path.endswith("package.json")):
        package = json.loads(files[path])
        versions = [*package.get("dependencies", {}).values(), *package.get("devDependencies", {}).values()]
        assert versions
        assert [version for version in versions if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    for path in (path for path in files if path.endswith("pyproject.toml")):
        project = tomllib.loads(files[path])
        requirements = [
            *(project["project"]["dependencies"] if project.get("build-system") is None else []),
            *project["dependency-groups"]["dev"],
            *project.get("build-system", {}).get("requires", []),
        ]
        assert requirements
        assert [one for one in requirements if not re.fullmatch(r"[\w-]+(\[\w+\])?==[\d.]+", one)] == []


@pytest.mark.parametrize("template_id", [one for one in PROGRAMS if Catalog().load(one).manifest.toolchains])
def test_what_another_toolchain_needs_is_pinned_and_locked(template_id: str) -> None:
    files = texts(rendered(template_id))
    if text := files.get("go.mod"):
        modules = re.findall(r"^(?:require )?\t?([\w./-]+) (v\S+)(?: // indirect)?$", text, re.MULTILINE)
        assert modules
        assert [name for name, version in modules if f"{name} {version} h1:" not in files["go.sum"]] == []
    if text := files.get("Cargo.toml"):
        project, locked = tomllib.loads(text), tomllib.loads(files["Cargo.lock"])["package"]
        versions = {one["name"]: one["version"] for one in locked}
        for name, wanted in {**project["dependencies"], **project.get("dev-dependencies", {})}.items():
            assert (wanted if isinstance(wanted, str) else wanted["version"]) == f"={versions[name]}"
        assert {one["source"] for one in locked if "source" in one} <= {CRATES}
        assert project["package"]["name"] in versions
    if text := files.get("pom.xml"):
        assert re.search(r"<parent>.*?<version>\d+\.\d+\.\d+</version>", text, re.DOTALL)


@pytest.mark.parametrize("template_id", PROGRAMS)
def test_it_names_the_toolchains_that_its_commands_call(template_id: str) -> None:
    manifest = Catalog().load(template_id).manifest
    assert manifest.toolchains == called_by(manifest.install, manifest.run, manifest.test, manifest.lint)


@pytest.mark.parametrize("template_id", PROGRAMS)
def test_a_workspace_may_be_called_as_a_package_that_it_uses(template_id: str) -> None:
    """uv refuses a project that seems to need itself; a package to be published has a name of its own to choose."""
    text = texts(rendered(template_id)).get("pyproject.toml")
    if text and (project := tomllib.loads(text)).get("build-system") is None:
        for requirement in project["project"]["dependencies"]:
            name = re.split(r"[=\[]", requirement)[0]
            named = tomllib.loads(texts(rendered(template_id, name=name))["pyproject.toml"])
            assert named["project"]["name"] != name


@pytest.mark.parametrize("template_id", PROGRAMS)
def test_what_uses_a_service_asks_for_it_and_does_without_where_there_is_none(template_id: str) -> None:
    project = rendered(template_id)
    files = texts(project)
    code = "\n".join(text for path, text in files.items() if path.endswith((".py", ".ts", ".js")))
    used = {service for service in SERVICES.values() if service.variable in code}
    assert {service.name for service in used} == set(project.manifest.services)
    for service in used:
        assert service.variable in files["README.md"]
        assert f'"{service.variable}" in os.environ' in code


@pytest.mark.parametrize("template_id", PROGRAMS)
def test_what_serves_an_api_logs_with_datadogs_tags(template_id: str) -> None:
    """Those whose page is all that they serve have no logs of their own."""
    files = {path: text for path, text in texts(rendered(template_id)).items() if path != "README.md"}
    if any("/health" in text for text in files.values()):
        code = "\n".join(files.values())
        assert all(name in code for name in ("DD_SERVICE", "DD_ENV", "DD_VERSION"))


@pytest.mark.parametrize("template_id", IDS)
def test_it_names_no_registry_and_no_machine(template_id: str) -> None:
    for path, text in texts(rendered(template_id)).items():
        assert not re.search(r"//registry\.|/simple/|/root/|/home/coder", text), path


@pytest.mark.parametrize("template_id", IDS)
def test_it_is_proven(template_id: str) -> None:
    assert (template_id in PROOFS) == (template_id != EMPTY)


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
