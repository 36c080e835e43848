import os
from pathlib import Path

import pytest

from tests.fakes.code_server import write_code_server


@pytest.fixture
def code_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The fake, first on PATH."""
    path = write_code_server(tmp_path / "programs")
    monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")
    return path
