"""From a prompt to a workspace that works, in a real local workspace: it needs `code-server` on PATH, and no Docker."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from cluster.config import ClusterConfig
from cluster.engine import Engine
from cluster.kind.ports import free_port
from cluster.local.engine import LocalEngine
from launcher.generation import generate_unattended
from launcher.paths import Paths
from launcher.settings import Settings
from templates.events import StepDone, StepFailed
from tests.contract.test_engine_contract import done
from tests.fakes.model_server import Reply, delta, says, serving
from tests.fakes.secrets import MemorySecrets

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("this machine")]

SERVER = """\
import http.server, json

class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"hello": "you"}).encode())

http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Hello).serve_forever()
"""


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    engine = LocalEngine(ClusterConfig(home=tmp_path / "engine", http_port=free_port()))
    yield engine
    await done(engine.down())


async def test_a_prompt_becomes_a_server_that_answers(tmp_path: Path, engine: Engine) -> None:
    """The answer breaks off once, and the test fails once: both are mended on the way."""
    port = free_port()
    plan = (
        "NAME: hello\nTITLE: Hello\nLANGUAGE: Python\nBASE: none\nINSTALL: none\n"
        f"PORTS: {port}\nRUN: python3 server.py\nTEST: python3 -m py_compile server.py && cat tested.txt\n"
        "FILES:\n- server.py: answers\n- README.md: says how\n"
    )
    source = SERVER.replace("PORT", str(port))
    first = f'<file path="server.py">\n{source}</file>\n<file path="README.md">\n# Hel'
    rest = '<continue path="README.md">\n# Hello\n</file>\n'
    repair = '<file path="tested.txt">\nyes\n</file>\n'
    paths = Paths(tmp_path, tmp_path / "data", tmp_path, tmp_path)
    script = (says(plan), Reply([delta(first)], cut=True), says(rest), says(repair))
    async with serving(*script, models=[{"id": "m"}]) as model:
        settings = Settings(ai_url=model.url)
        work = generate_unattended(
            settings, paths, MemorySecrets(), {}, engine, "hello", "a server that says hello", run=True
        )
        events = [event async for event in work]

    assert [event.step for event in events if isinstance(event, StepFailed)] == ["test"]
    last = events[-1]
    assert isinstance(last, StepDone)
    assert last.note == "its commands succeed"
    assert "cat tested.txt" in model.requests[3]["messages"][-1]["content"]
    with urlopen(f"http://127.0.0.1:{port}/") as answer:  # noqa: ASYNC210 - the server is another process
        assert json.load(answer) == {"hello": "you"}
