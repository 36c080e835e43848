"""`vibecode` on a fake engine, as a process of its own: `python -m tests.fakes.program ARGUMENTS`.

There is a workspace `shop`. FAKE_HANGS and FAKE_LINGERS name a step that does, FAKE_LOG how many lines the log has.
"""

import os
import sys
import tempfile
from pathlib import Path

from cluster.config import ClusterConfig
from launcher import cli
from launcher.wiring import Services
from templates.project import Manifest, Project, ProjectFile
from tests.fakes.engine import FakeEngine


def fake_engine(config: ClusterConfig) -> FakeEngine:
    hangs, lingers = os.environ.get("FAKE_HANGS", ""), os.environ.get("FAKE_LINGERS", "")
    engine = FakeEngine(config, hangs=[hangs], lingers=[lingers])
    engine.put("shop", Project(Manifest(title="Shop"), (ProjectFile("README.md", b"# Shop\n"),)))
    for number in range(int(os.environ.get("FAKE_LOG", "0"))):
        engine.speak("shop", f"line {number}")
    return engine


async def docker_answers() -> None: ...


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VIBECODE_HOME"] = str(Path(folder))
        sys.exit(cli.main(sys.argv[1:], Services(kind=fake_engine, docker_obstacle=docker_answers)))
