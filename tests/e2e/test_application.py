"""The terminal application on a machine where nothing has been made yet: one journey, by keys alone."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.application import Application
from tests.e2e.conftest import ARTEFACTS, docker, remove_leftovers
from tests.e2e.program import VIBECODE, Program
from tests.e2e.web import fetch

pytestmark = pytest.mark.e2e

CLUSTER = "vibecode-first"
NAME = "static-site"


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Program]:
    """A home and a cluster's name that nobody has used; in the end nothing of the cluster is left."""
    remove_leftovers(CLUSTER)
    yield Program({"VIBECODE_HOME": str(tmp_path / "home"), "VIBECODE_CLUSTER": CLUSTER})
    remove_leftovers(CLUSTER)


async def test_from_the_first_start_to_an_empty_list_again(first: Program) -> None:
    environ = {**os.environ, **first.environment, "BROWSER": "", "DISPLAY": ""}
    with Application([str(VIBECODE)], environ, ARTEFACTS / "frames") as application:
        application.until("Welcome to VibeCode", "Nothing has been done to this machine")
        application.press("n")
        application.until("templates", "Good for")
        application.press("/", *NAME)
        application.until("1 of")
        application.press("enter")
        application.until("Use it")
        application.press("enter")
        application.until("Open in Editor", "Goes to the cluster in Docker")
        application.press("enter")
        application.until("Creating static-site", "Bringing up the cluster", within=60)
        application.until(f"http://{NAME}.vibecode.localhost", "esc closes this", within=400)

        [listed] = first.answer("list")
        assert (listed["name"], listed["state"], listed["template"]) == (NAME, "running", "static-site")
        assert (await fetch(listed["url"])).status_code in (200, 302)

        application.press("escape")
        application.until("Creating static-site", without=("esc closes this",))
        application.press("1")
        application.until("1 workspace", NAME, "running", without=("Welcome",))
        application.press("x")
        application.until("stopped", within=90)
        assert first.answer("list")[0]["state"] == "stopped"
        application.press("s")
        application.until("running", without=("stopped",), within=120)
        application.press("d")
        application.until(f"Delete {NAME}")
        application.press("y")
        application.until("No workspaces yet", "to pick a template", within=90)
        assert first.answer("list") == []
        application.press("q")
        assert application.wait() == 0

    assert first.answer("down", "--yes")["deleted"] == []
    assert docker("ps", "--all", "--quiet", "--filter", f"name={CLUSTER}") == []
