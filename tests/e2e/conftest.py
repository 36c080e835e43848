"""One cluster that all tests share, made and removed by the product itself, and a browser."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright

from cluster.config import ClusterConfig
from cluster.kind.engine import KindEngine
from cluster.kind.node import CLUSTER_LABEL, node_name
from cluster.kind.record import record_of
from cluster.kube.connection import Connection, read_connection
from launcher import __version__
from launcher.settings import cluster_config, load
from tests.e2e.program import Program

CLUSTER = "vibecode-e2e"
ARTEFACTS = Path(__file__).parents[2] / ".artefacts"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",  # a container's root has no user namespaces
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that make clusters of their own go first: only one is there at a time."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.parent == here and "environment" in getattr(item, "fixturenames", ()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


def docker(*arguments: str) -> list[str]:
    ended = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True, timeout=120)
    return ended.stdout.split()


def remove_leftovers(cluster: str) -> None:
    """Removes what a killed run has left, whatever state it is in."""
    subprocess.run(["kind", "delete", "cluster", "--name", cluster], capture_output=True, check=True, timeout=120)


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables that lead the program to the shared cluster, which is up; in the end nothing of it is left."""
    home = tmp_path_factory.mktemp("e2e")
    variables = {"VIBECODE_HOME": str(home), "VIBECODE_CLUSTER": CLUSTER}
    program = Program(variables)
    remove_leftovers(CLUSTER)
    networks = docker("network", "ls", "--format", "{{.Name}}")
    try:
        status = program.answer("up")
        assert (status["engine"], status["state"], status["workspaces"]) == ("kind", "running", [])
        yield variables
        check_down(program, home, networks)
    finally:
        remove_leftovers(CLUSTER)


def check_down(program: Program, home: Path, networks: list[str]) -> None:
    """`down` removes the cluster, with all that Docker and this machine keep of it."""
    names = sorted(one["name"] for one in program.answer("list"))
    mounts = '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{end}}{{end}}'
    volumes = docker("inspect", "--format", mounts, node_name(CLUSTER))
    assert volumes

    deleted = program.answer("down", "--yes")["deleted"]

    assert sorted(deleted) == names
    assert docker("ps", "--all", "--quiet", "--filter", f"label={CLUSTER_LABEL}={CLUSTER}") == []
    assert set(volumes) & set(docker("volume", "ls", "--quiet")) == set()
    assert set(docker("network", "ls", "--format", "{{.Name}}")) - set(networks) <= {"kind"}
    left = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}
    own = {"template-sources.json", "data/templates/lock"}
    kept = {"data/usage.sqlite", *own, *(f"data/serve/{name}" for name in ("key", "server.json", "token"))}
    assert left <= {f"data/clusters/{CLUSTER}/lock", "logs/vibecode.log", *kept}
    assert program.answer("status")["state"] == "absent"


@pytest.fixture(scope="session")
def config(environment: dict[str, str]) -> ClusterConfig:
    """The shared cluster's, from the same variables that the command line reads."""
    home = Path(environment["VIBECODE_HOME"])
    settings = load(home / "config.toml", {**os.environ, **environment}).values
    return cluster_config(settings, home / "data", __version__)


@pytest.fixture
async def engine(config: ClusterConfig) -> AsyncIterator[KindEngine]:
    engine = KindEngine(config)
    yield engine
    await engine.close()


@pytest.fixture(scope="session")
def kind_connection(config: ClusterConfig) -> Connection:
    """How the shared cluster's API server is reached."""
    connection = read_connection(record_of(config).folder)
    assert connection is not None
    return connection


@pytest.fixture(scope="session")
def program(environment: dict[str, str]) -> Program:
    """The command line on the shared cluster."""
    return Program(environment)


@pytest.fixture(scope="session")
def workspace(program: Program) -> Callable[[str], dict[str, Any]]:
    """What `new` answered for a template; each template has one workspace, which the tests share."""
    made: dict[str, dict[str, Any]] = {}

    def of(template: str) -> dict[str, Any]:
        if template not in made:
            made[template] = program.answer("new", template, "--no-open")
        return made[template]

    return of


@pytest.fixture
async def browser(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """Chromium without a window; the pages of a test that fails are kept as pictures."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert executable is not None, f"none of {', '.join(BROWSERS)} is on PATH"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=QUIET)
        yield browser
        if request.node.stash.get(FAILED, False):
            for number, page in enumerate(page for context in browser.contexts for page in context.pages):
                await page.screenshot(path=ARTEFACTS / f"{_name(request.node)}-{number}.png")
        await browser.close()


@pytest.fixture(autouse=True)
def explained(request: pytest.FixtureRequest) -> Iterator[None]:
    """Beside a failure: what the cluster holds, and the last lines of each log."""
    yield
    if request.node.stash.get(FAILED, False) and "environment" in request.fixturenames:
        ARTEFACTS.mkdir(exist_ok=True)
        environment: dict[str, str] = request.getfixturevalue("environment")
        (ARTEFACTS / f"{_name(request.node)}.log").write_text(_explain(environment))


def _explain(environment: dict[str, str]) -> str:
    program = Program(environment)
    status = program.run("status", "--json")
    said = [status.out, status.err]
    for one in json.loads(status.out).get("workspaces", []):
        log = program.run("logs", one["name"], "--tail", "100")
        said += [f"── {one['name']}", log.out, log.err]
    file = Path(environment["VIBECODE_HOME"], "logs/vibecode.log")
    said += ["── vibecode.log", file.read_text() if file.exists() else ""]
    return "\n".join(said)


def _name(node: Any) -> str:
    return re.sub(r"[^\w.-]+", "-", node.name).strip("-")
