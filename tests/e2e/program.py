"""The command line as a person runs it: a process of its own, with arguments, streams and an exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VIBECODE = Path(sys.executable).parent / "vibecode"
PATIENCE = 600.0
"""Seconds after which a command is taken for stuck; the slowest builds an image."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command that has ended leaves."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Program:
    """`vibecode` with these variables on top of the test's own environment."""

    environment: Mapping[str, str]

    def run(self, *arguments: str, stdin: str = "") -> Ended:
        """Runs a command to whatever end; no traceback ever reaches a person."""
        ended = subprocess.run(
            [VIBECODE, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            env={**os.environ, **self.environment},
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def answer(self, command: str, *arguments: str) -> Any:
        """The document of a command that ends well."""
        ended = self.run(command, "--json", *arguments)
        assert ended.code == 0, ended.out + ended.err
        return ended.document

    def error(self, command: str, *arguments: str) -> dict[str, str]:
        """The error of a command that fails."""
        ended = self.run(command, "--json", *arguments)
        assert ended.code == 1, ended.out + ended.err
        return ended.document["error"]

    def read(self, name: str, *command: str, stdin: str = "") -> str:
        """What a command in a workspace prints; it must end well."""
        ended = self.run("exec", name, "--", *command, stdin=stdin)
        assert ended.code == 0, ended.out + ended.err
        return ended.out
