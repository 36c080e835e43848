"""Whose templates run without a question, and where."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.consent import check_consent, consent_to
from cluster.engine import Capability
from cluster.errors import ConsentNeededError
from templates.project import Manifest, Project, ProjectFile
from tests.fakes.engine import FakeEngine


class OpenEngine(FakeEngine):
    lacks: Mapping[Capability, str] = {"network-isolation": "Processes of this user."}


def project(template: str | None) -> Project:
    return Project(Manifest("Shop", template, install="npm ci"), (ProjectFile(".vscode/settings.json", b"{}"),))


@pytest.fixture
def open_engine(tmp_path: Path) -> FakeEngine:
    return OpenEngine(ClusterConfig(home=tmp_path))


@pytest.mark.parametrize("template", [None, "python-fastapi"])
def test_ones_own_folder_and_ours_are_not_asked_about(open_engine: FakeEngine, template: str | None) -> None:
    assert consent_to(project(template), open_engine) is None
    check_consent(project(template), open_engine)


def test_a_sources_template_is_asked_about_where_nothing_isolates_it(open_engine: FakeEngine) -> None:
    consent = consent_to(project("team/api"), open_engine)
    assert consent is not None
    assert consent.reason == "Processes of this user."
    assert "team/api" in consent.whose
    assert consent.commands == ("install: npm ci", "settings of the editor: .vscode/settings.json")
    with pytest.raises(ConsentNeededError) as caught:
        check_consent(project("team/api"), open_engine)
    assert "npm ci" in caught.value.detail
    assert "vibecode new team/api" in caught.value.hint


def test_isolated_it_runs_and_what_runs_nothing_is_not_asked_about(tmp_path: Path, open_engine: FakeEngine) -> None:
    assert consent_to(project("team/api"), FakeEngine(ClusterConfig(home=tmp_path))) is None
    assert consent_to(Project(Manifest("Notes", "team/notes"), (ProjectFile("a", b""),)), open_engine) is None
