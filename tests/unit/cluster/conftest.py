import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from tempfile import TemporaryDirectory

import pytest

from tests.fakes.containers import Containers


class Daemon(BaseHTTPRequestHandler):
    """A Docker that is well, as far as a client asks before all else."""

    def do_GET(self) -> None:
        body = json.dumps({"ApiVersion": "1.52", "MinAPIVersion": "1.44"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def containers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Containers]:
    """`docker` and `kind` on PATH, and a daemon that answers."""
    with TemporaryDirectory() as folder:  # not pytest's: a socket's path must be short
        containers = Containers(Path(folder))
        programs = containers.install("docker", "kind")
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin")
        monkeypatch.setenv("DOCKER_HOST", f"unix://{folder}/docker.sock")
        with ThreadingUnixStreamServer(f"{folder}/docker.sock", Daemon) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            yield containers
            server.shutdown()
            thread.join()
