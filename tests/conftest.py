"""What every test may rely on: nothing of the person who runs it reaches it, and nothing of it reaches them."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

# A shell has what it starts in the background ignore these, and so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)

PERSONAL = ("VIBECODE_", "DD_", "XDG_")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What works on a real cluster runs one after the other, beside what needs this machine alone."""
    for item in items:
        if item.get_closest_marker("e2e") and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("cluster"))


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Drops the person's settings; images stay, since a machine without a registry must name the ones it has."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(PERSONAL) and not name.endswith("_IMAGE"):
                patch.delenv(name)
        for name in ("COLUMNS", "LINES"):  # they go before the size of the terminals that tests open
            patch.delenv(name, raising=False)
        patch.setenv("VIBECODE_HOME", str(tmp_path_factory.mktemp("vibecode-home")))
        yield


@pytest.fixture(autouse=True)
def own_home(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Path | None:
    """A home of its own for each test; those on the real cluster share what reaches Docker and the cluster."""
    if request.node.get_closest_marker("e2e"):
        return None
    for name in list(os.environ):
        if name.startswith("VIBECODE_") or name in ("DOCKER_HOST", "DOCKER_CONTEXT", "KUBECONFIG"):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("VIBECODE_HOME", str(home / "vibecode"))
    return home
