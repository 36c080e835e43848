"""A Docker that answers over real HTTP on a socket of its own, as far as the doctor asks it."""

import json
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

VERSION = {"Version": "29.1.0", "ApiVersion": "1.52", "Components": [{"Name": "Engine", "Version": "29.1.0"}]}
INFO = {
    "Name": "another-machine",
    "OSType": "linux",
    "Architecture": "x86_64",
    "CgroupVersion": "2",
    "SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"],
    "MemoryLimit": True,
    "PidsLimit": True,
    "CPUShares": False,
    "MemTotal": 8_000_000_000,
    "DockerRootDir": "/var/lib/docker",
}
CONTAINERS = [
    {
        "Id": "0123456789abcdef",
        "Names": ["/vibecode-control-plane"],
        "State": "running",
        "Labels": {"io.x-k8s.kind.cluster": "vibecode"},
        "Ports": [
            {"IP": "127.0.0.1", "PrivatePort": 30080, "PublicPort": 80, "Type": "tcp"},
            {"IP": "192.0.2.7", "PrivatePort": 1, "PublicPort": 81, "Type": "tcp"},
            {"IP": "0.0.0.0", "PrivatePort": 2, "PublicPort": 82, "Type": "udp"},
            {"IP": "0.0.0.0", "PrivatePort": 3, "PublicPort": 83, "Type": "tcp"},
            {"PrivatePort": 4, "Type": "tcp"},
        ],
    },
    {"Id": "fedcba9876543210", "Names": None, "State": "created", "Labels": None, "Ports": None},
]
ANSWERS = {"version": VERSION, "info": INFO, "json": CONTAINERS}


@contextmanager
def serve_docker(path: Path) -> Iterator[dict[str, Any]]:
    """Gives the answers that are put into the dictionary, by the last part of the path; hangs up on anything else."""
    answers: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = answers.get(self.path.partition("?")[0].rpartition("/")[2])
            if answer is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self) -> str:
            return "a test"

        def log_message(self, *args: Any) -> None:
            pass

    with socketserver.ThreadingUnixStreamServer(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield answers
        server.shutdown()
        thread.join()
