"""`docker` and `kind` as programs on PATH, whose Docker and node are folders of one file for each image.

This file is also the program that both names run. What a test sets is in the folder: `pull`, `build` and others
say how these commands go, `calls` is what was called, `docker.sock` is where the daemon says that it is well.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ID = "sha256:" + "a" * 64


class Containers:
    """What a test sets up and looks at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, *programs: str) -> Path:
        """Makes the programs, with nothing in Docker and in the node; the folder to put on PATH."""
        for name in ("bin", "docker", "node"):
            (self.folder / name).mkdir()
        for name in programs:
            program = self.folder / "bin" / name
            program.write_text(f'#!/bin/sh\nexec {sys.executable} -IS {__file__} {self.folder} {name} "$@"\n')
            program.chmod(0o755)
        self.set_api("1.52")
        return self.folder / "bin"

    def set_api(self, version: str) -> None:
        (self.folder / "api").write_text(version)

    def add_to_docker(self, image: str, identity: str = ID) -> None:
        shown = {"Id": identity, "Os": "linux", "Architecture": "arm64", "Variant": "v8", "Size": 4 << 20}
        self._file("docker", image).write_text(json.dumps([shown]))

    def add_to_node(self, image: str, *names: str) -> None:
        """The node's own id of an image is another than Docker's."""
        status = {"id": "sha256:" + "b" * 64, "repoTags": [image, *names], "repoDigests": None}
        self._file("node", image).write_text(json.dumps({"status": status}))

    def in_docker(self, image: str) -> bool:
        return self._file("docker", image).exists()

    def play(self, command: str, *lines: str, code: int = 0, then: str = "") -> None:
        """How `inspect`, `pull`, `build`, `save` or `load` goes: its lines, what happens then, and its exit code.

        What happens: the command is to `hang`, to `cut` the daemon off, or to `lose` what should come of it.
        """
        (self.folder / command).write_text(json.dumps({"lines": lines, "code": code, "then": then}))

    def list_late(self, times: int) -> None:
        """The node denies so many times that it has an image."""
        (self.folder / "late").write_text(str(times))

    def calls(self, *start: str) -> list[list[str]]:
        """The calls so far that begin with these words."""
        return [call["words"] for call in self._calls() if call["words"][: len(start)] == list(start)]

    def running(self) -> list[str]:
        """The programs that were called and still run."""
        return [" ".join(call["words"]) for call in self._calls() if _runs(call["pid"])]

    def run(self, program: str, *arguments: str) -> int:
        """What the program does."""
        with (self.folder / "calls").open("a") as calls:
            calls.write(json.dumps({"pid": os.getpid(), "words": [program, *arguments]}) + "\n")
        match [program, *arguments]:
            case ["docker", "image", "inspect", image]:
                return self._go("inspect", lambda: None) or self._show("docker", image)
            case ["docker", "exec", _, "crictl", "inspecti", image]:
                late = self.folder / "late"
                times = int(late.read_text()) if late.exists() else 0
                late.write_text(str(max(times - 1, 0)))
                return 1 if times else self._show("node", image)
            case ["docker", "exec", _, "ctr", "--namespace=k8s.io", "images", "tag", "--force", _, name]:
                self.add_to_node((self.folder / "saved").read_text(), name)
                return 0
            case ["docker", "version", "--format", _]:
                print((self.folder / "api").read_text())
                return 0
            case ["docker", "pull", image]:
                return self._go("pull", lambda: self.add_to_docker(image))
            case ["docker", "build", "--tag", image, *_]:
                (self.folder / "dockerfile").write_bytes(sys.stdin.buffer.read())
                return self._go("build", lambda: self.add_to_docker(image))
            case ["docker", "save", *_, image]:
                (self.folder / "saved").write_text(image)
                return self._go("save", lambda: sys.stdout.buffer.write((self.folder / "archive").read_bytes()))
            case ["kind", "load", "image-archive", "/dev/stdin", *_]:
                return self._go("load", self._receive)
            case unknown:
                print(f"not part of this fake: {unknown}", file=sys.stderr)
                return 125

    def _go(self, command: str, do: Callable[[], object]) -> int:
        path = self.folder / command
        part = json.loads(path.read_text()) if path.exists() else {"lines": [], "code": 0, "then": ""}
        for line in part["lines"]:
            print(line, file=sys.stderr, flush=True)
        if part["then"] == "hang":
            (self.folder / f"{command}.hangs").touch()
            signal.pause()
        if part["then"] == "cut":
            (self.folder / "docker.sock").unlink()
        if part["code"] == 0 and part["then"] != "lose":
            do()
        return part["code"]

    def _receive(self) -> None:
        (self.folder / "received").write_bytes(Path("/dev/stdin").read_bytes())
        self.add_to_node((self.folder / "saved").read_text())

    def _show(self, where: str, image: str) -> int:
        path = self._file(where, image)
        print(path.read_text() if path.exists() else f"Error: No such image: {image}")
        return 0 if path.exists() else 1

    def _calls(self) -> list[dict[str, Any]]:
        path = self.folder / "calls"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def _file(self, where: str, image: str) -> Path:
        return self.folder / where / image.replace("/", "\\")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(Containers(Path(sys.argv[1])).run(*sys.argv[2:]))
