"""A template's extensions are in the editor, and stay; what cannot be had is told and does not stop anything."""

import io
import json
import zipfile
from collections.abc import AsyncIterator

import pytest

from cluster.kind.engine import KindEngine
from templates.events import StepDone
from templates.project import Manifest, Project, ProjectFile
from tests.contract.test_engine_contract import done
from tests.e2e.inside import said

pytestmark = pytest.mark.e2e

ABSENT = "vibecode-test.not-published-anywhere"
NAME = "extended"


def vsix() -> bytes:
    """The smallest extension that VS Code takes: a package with a command of its own."""
    package = {
        "name": "tiny",
        "publisher": "vibecode-test",
        "version": "1.0.0",
        "engines": {"vscode": "^1.80.0"},
        "contributes": {"commands": [{"command": "tiny.hello", "title": "Hello"}]},
    }
    manifest = """<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata><Identity Language="en-US" Id="tiny" Version="1.0.0" Publisher="vibecode-test"/></Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Assets><Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json"/></Assets>
</PackageManifest>"""
    types = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension=".json" ContentType="application/json"/>
  <Default Extension=".vsixmanifest" ContentType="text/xml"/>
</Types>"""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("extension.vsixmanifest", manifest)
        archive.writestr("extension/package.json", json.dumps(package))
    return file.getvalue()


@pytest.fixture
async def note(engine: KindEngine) -> AsyncIterator[str]:
    """What the step of the extensions says of a project with one of its own and one that is nowhere."""
    project = Project(Manifest("Extended", extensions=("./tiny.vsix", ABSENT)), (ProjectFile("tiny.vsix", vsix()),))
    events = await done(engine.create(NAME, project))
    [step] = [event for event in events if isinstance(event, StepDone) and event.step == "extensions"]
    yield step.note or ""
    await done(engine.delete(NAME))


async def test_an_extension_of_the_project_stays_and_an_absent_one_is_told(engine: KindEngine, note: str) -> None:
    assert ABSENT in note
    assert "skipped" in note
    assert "tiny.vsix" not in note
    assert await said(engine, NAME, "code-server", "--list-extensions") == "vibecode-test.tiny\n"

    await done(engine.stop(NAME))
    await done(engine.start(NAME))

    assert await said(engine, NAME, "code-server", "--list-extensions") == "vibecode-test.tiny\n"
