import os
import subprocess
import sys

SCRIPT = """
from fastapi.testclient import TestClient
from app.main import app
with TestClient(app) as client:
    assert client.post("/api/orders", json={"items": {"tea": 1}}).status_code == 201
from ddtrace.trace import tracer
tracer.flush()
"""


def test_without_an_agent_nothing_complains() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DD_")}
    answer = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    assert answer.stdout == ""
    for line in answer.stderr.splitlines():
        assert line.startswith("{"), line
        assert '"level": "INFO"' in line
