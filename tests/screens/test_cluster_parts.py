"""The words of the place Cluster: engines, activity, removal, and the doctor's checklist."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cluster.doctor.check import Check, Diagnosis
from cluster.engine import Activity, EngineState, EngineStatus, Occurrence, Unit, Workspace
from cluster.errors import ClusterUnreachableError
from screens.cluster import doctor, presenter
from screens.cluster.doctor import Examination
from screens.store import EngineView
from tests.screens.stage import NOW

LOST = ClusterUnreachableError("127.0.0.1:6443 does not answer.")
FIXABLE = Check("kind", "kind", "failed", "It is absent.", "`vibecode doctor --fix` downloads it.")
STOPPED = Check("cluster", "Cluster", "warning", "It is stopped.", "`vibecode up` starts it.")
WELL = Check("docker", "Docker", "ok", "It answers.")


def view_of(state: EngineState, *names: str) -> EngineView:
    workspaces = tuple(Workspace(name, "http://x/", "running", "kind") for name in names)
    return EngineView("kind", EngineStatus("kind", state, detail="Ask `vibecode up`."), workspaces, NOW)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (EngineView("kind"), "looking"),
        (view_of("absent"), "not made yet"),
        (view_of("running", "a", "b"), "running"),
        (replace(view_of("running"), error=LOST), "out of reach"),
        (view_of("unreachable"), "does not answer"),
    ],
)
def test_an_engine_in_the_list_is_as_wide_as_the_list(view: EngineView, words: str) -> None:
    row = presenter.row(view, 40)
    assert words in row.plain
    assert row.cell_length <= 40


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (view_of("absent"), "u makes it"),
        (view_of("stopped"), "u starts it"),
        (view_of("unreachable"), "u repairs it"),
        (replace(view_of("running"), error=LOST), "What is shown is 0s old"),
        (EngineView("kind", error=LOST), "The cluster does not answer"),
        (view_of("running"), "new workspaces go here: Docker answers"),
    ],
)
def test_the_detail_says_what_can_be_done(view: EngineView, words: str) -> None:
    assert words in presenter.detail(view, "Docker answers", {}, 60, NOW).plain


def test_what_an_engine_lacks_stands_with_its_reason() -> None:
    words = presenter.detail(view_of("running"), "", {"network-isolation": "They are processes."}, 60, NOW).plain
    assert "What kind cannot do\nIsolation    They are processes." in words


@pytest.mark.parametrize("width", [30, 60, 120])
def test_activity_fills_its_lines_whatever_the_names(width: int) -> None:
    long = "a-workspace-with-a-name-of-forty-letters"
    unit = Unit("Pod", f"{long}-x", "starting", "the image is being pulled", NOW - timedelta(hours=3), 4, long)
    event = Occurrence(NOW, "Pod", "y", "BackOff", "back-off\x1b[2J", "it failed", 12, warning=True)
    lines = presenter.activity(Activity((unit,), (event,)), width, NOW, stale=False).split("\n")
    full = [line for line in lines if line.plain.endswith(("3h", "0s"))]
    assert [line.cell_length for line in full] == [width, width]
    assert "\x1b" not in "".join(line.plain for line in lines)


def test_activity_tells_the_newest_first_and_how_often() -> None:
    first = Occurrence(NOW - timedelta(minutes=9), "Node", "n", "NodeReady", "m", "the node is ready")
    last = Occurrence(NOW, "Pod", "p", "BackOff", "m", "it failed", 3, warning=True, workspace="api")
    plain = presenter.activity(Activity((), (first, last)), 80, NOW, stale=False).plain
    assert plain.index("it failed, 3 times") < plain.index("the node is ready")
    assert "the engine" in plain


@pytest.mark.parametrize(
    ("view", "question", "lost"),
    [
        (view_of("running"), "Remove the cluster of kind?", "no workspaces"),
        (view_of("running", "api"), "Remove the cluster of kind and 1 workspace?", "api.\nAll files in it are lost."),
        (view_of("running", "api", "shop"), "and 2 workspaces?", "All files in them are lost."),
        (view_of("stopped"), "Remove the cluster of kind?", "not all can be seen now"),
        (replace(view_of("running", "api"), error=LOST), "Remove the cluster of kind?", "At least: api."),
    ],
)
def test_removal_says_what_is_lost(view: EngineView, question: str, lost: str) -> None:
    asked, told = presenter.removal(view)
    assert question in asked
    assert lost in told


@pytest.mark.parametrize(
    ("examination", "words"),
    [
        (Examination(), "has not looked"),
        (Examination(began=NOW - timedelta(seconds=3)), "looking   3s"),
        (Examination(error=LOST), "could not look"),
        (Examination(Diagnosis((WELL,)), NOW), "all is well"),
        (Examination(Diagnosis((WELL, STOPPED)), NOW), "1 warning"),
        (Examination(Diagnosis((FIXABLE, STOPPED)), NOW), "1 to mend"),
    ],
)
def test_the_doctors_row(examination: Examination, words: str) -> None:
    row = doctor.head(examination, 40, NOW)
    assert row.plain.endswith(words)
    assert row.cell_length == 40


@pytest.mark.parametrize(
    ("check", "keys"),
    [
        (FIXABLE, "f mends it   c copies the line"),
        (STOPPED, "u does that here   c copies the line"),
        (WELL, "r looks again"),
        (replace(WELL, level="failed", hint="Choose another."), "r looks again"),
    ],
)
def test_a_finding_offers_the_keys_that_mend_it(check: Check, keys: str) -> None:
    words = doctor.detail(check).plain
    assert keys in words
    assert ("c copies" in words) == bool(doctor.lines_of(check))


def test_only_what_failed_and_names_the_fix_is_mended() -> None:
    assert doctor.fixable(Examination(Diagnosis((WELL, FIXABLE))))
    assert not doctor.fixable(Examination(Diagnosis((WELL, STOPPED))))


def test_the_summary_names_each_finding_with_its_line() -> None:
    words = doctor.summary(Examination(Diagnosis((WELL, FIXABLE, STOPPED)), NOW - timedelta(minutes=2)), NOW).plain
    assert "1 of 3 must be mended" in words
    assert "Looked at 2m ago." in words
    assert "vibecode doctor --fix downloads it." in words
    assert "It answers." not in words
