"""What the program tells of itself, judged by Datadog's own test agent, which knows what an Agent accepts."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from cluster.kind.ports import free_port
from tests.e2e.own_trace import CHECKS, check_creation, check_judgement, creations
from tests.e2e.program import Program

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("this machine")]

T = TypeVar("T")
LOCK = Path(__file__).parents[1] / "test-agent.lock"


@pytest.fixture(scope="module")
def test_agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address; it is installed in an environment of its own, as it wants other versions than we do."""
    environment = tmp_path_factory.mktemp("test-agent")
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    install = ("pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", LOCK)
    subprocess.run([environment / "bin" / "python", "-m", *install], check=True)
    port = free_port()
    otlp = (f"--otlp-http-port={free_port()}", f"--otlp-grpc-port={free_port()}")
    command = (environment / "bin" / "ddapm-test-agent", "--host=127.0.0.1", f"--port={port}", *otlp)
    quiet, checks = subprocess.DEVNULL, {"ENABLED_CHECKS": ",".join(CHECKS)}
    with subprocess.Popen(command, cwd=environment, env=checks, stdout=quiet, stderr=quiet) as agent:
        try:
            url = f"http://127.0.0.1:{port}"
            until(lambda: httpx.get(f"{url}/info").is_success)
            yield url
        finally:
            agent.terminate()


def until(look: Callable[[], T]) -> T:
    """What `look` answers, once that is something; the test's own timeout ends what never comes."""
    while True:
        try:
            if seen := look():
                return seen
        except httpx.TransportError:
            pass
        time.sleep(0.1)


def test_a_new_workspace_arrives_as_one_trace(test_agent: str, tmp_path: Path) -> None:
    program = Program(
        {
            "VIBECODE_HOME": str(tmp_path),
            "VIBECODE_ENGINE": "local",
            "VIBECODE_HTTP_PORT": str(free_port()),
            "VIBECODE_TELEMETRY": "on",
            "DD_TRACE_AGENT_URL": test_agent,
        }
    )
    try:
        made = program.answer("new", "static-site", "site", "--no-open")

        [trace] = until(lambda: creations(httpx.get(f"{test_agent}/test/traces").json()))
    finally:
        program.answer("down", "--yes")

    assert made["state"] == "running"
    check_creation(trace, "local")
    check_judgement(httpx.get(f"{test_agent}/test/trace_check/summary?return_all=true").json())
