"""The command line in this process, on a fake engine, with its streams captured."""

import json
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cluster.config import ClusterConfig
from launcher import cli, wiring
from templates.project import Manifest, Project, ProjectFile
from tests.fakes.engine import FakeEngine

SHOP = Project(
    Manifest(title="Shop", template="python-fastapi", ports=(8000,)), (ProjectFile("README.md", b"# Shop\n"),)
)


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass
class Cli:
    """Runs command lines; `opened` are the URLs that the browser was asked to open."""

    engine: FakeEngine
    environ: dict[str, str]
    capture: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    services: dict[str, Any] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Result:
        reader, writer = os.pipe()
        os.write(writer, stdin)
        os.close(writer)
        with os.fdopen(reader) as stream:
            self.monkeypatch.setattr(sys, "stdin", stream)
            code = cli.main(arguments, self.build(), self.environ)
        captured = self.capture.readouterr()
        return Result(code, captured.out, captured.err)

    def build(self) -> wiring.Services:
        def browse(url: str) -> bool:
            self.opened.append(url)
            return True

        async def docker_answers() -> None: ...

        return wiring.Services(
            **{"kind": lambda _: self.engine, "docker_obstacle": docker_answers, "browse": browse, **self.services}
        )


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """What `logs.start` changes in this process is put back."""
    root, raising = logging.getLogger(), logging.raiseExceptions
    handlers, level = list(root.handlers), root.level
    yield
    for handler in [one for one in root.handlers if one not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.captureWarnings(False)
    logging.raiseExceptions = raising


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(ClusterConfig(home=tmp_path / "engine"))


@pytest.fixture
def vibecode(
    engine: FakeEngine, own_home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Cli:
    return Cli(engine, {"VIBECODE_HOME": str(own_home / "vibecode"), "TERM": "xterm"}, capfd, monkeypatch)
