"""A small checkout of its own: ./vibecode with a real interpreter, a real pip, one tiny locked package, no network."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from launcher.bootstrap import Checkout

ROOT = Path(__file__).parents[2]
PARTS = ("vibecode", "launcher/bootstrap.py", "launcher/find-python.sh")

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "vibecode"
version = "1"
"""

# Builds the editable wheel by itself. Where there are FIFOs, it says that it runs and waits to be let go on.
BACKEND = """
import pathlib, zipfile

ROOT = pathlib.Path(__file__).parent
INFO = "vibecode-1.dist-info"

def build_editable(directory, config_settings=None, metadata_directory=None):
    with (ROOT / "builds").open("a") as builds:
        builds.write("x")
    if (ROOT / "reached").exists():
        (ROOT / "reached").open("w").close()
        (ROOT / "released").open().close()
    name = "vibecode-1-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(directory) / name, "w") as wheel:
        wheel.writestr("editable.pth", str(ROOT))
        wheel.writestr(f"{INFO}/METADATA", "Metadata-Version: 2.1\\nName: vibecode\\nVersion: 1\\n")
        wheel.writestr(f"{INFO}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{INFO}/entry_points.txt", "[console_scripts]\\nvibecode = program:main\\n")
        wheel.writestr(f"{INFO}/RECORD", "")
    return name
"""

PROGRAM = """
import os, sys, locked

def main():
    print(locked.__name__, os.getcwd(), *sys.argv[1:], sep="|")
"""


def write_wheel(folder: Path, version: int) -> str:
    """The locked package's wheel; its hash."""
    info = f"locked-{version}.dist-info"
    files = {
        "locked.py": b"",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: locked\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()},\n"
        for name, content in files.items()
    )
    wheel = folder / f"locked-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr(f"{info}/RECORD", record)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


class Place:
    """A checkout on disk, and how its command is called."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a checkout ünïcode 東京"
        self.wheels = folder / "wheels"
        self.elsewhere = folder / "elsewhere"
        self.wheels.mkdir(parents=True)
        self.elsewhere.mkdir()
        for part in PARTS:
            (self.root / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / part, self.root / part)
        (self.root / "pyproject.toml").write_text(PROJECT)
        (self.root / "backend.py").write_text(BACKEND)
        (self.root / "program.py").write_text(PROGRAM)
        (self.root / "requirements.lock").write_text(f"locked==1 --hash=sha256:{write_wheel(self.wheels, 1)}\n")

    @property
    def checkout(self) -> Checkout:
        return Checkout(self.root)

    @property
    def builds(self) -> int:
        return len((self.root / "builds").read_text())

    @property
    def command(self) -> Path:
        return self.root / "vibecode"

    def start(self, *command: str | Path, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=self.elsewhere,
            env={
                "PATH": "/usr/bin:/bin",
                "PYTHON": sys.executable,
                "PYTHONDONTWRITEBYTECODE": "1",
                "PIP_NO_INDEX": "1",
                "PIP_FIND_LINKS": str(self.wheels),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *command: str | Path, **environment: str) -> tuple[int, str, str]:
        with self.start(*command, **environment) as process:
            out, err = process.communicate()
        return process.returncode, out, err

    def hold_builds(self) -> None:
        os.mkfifo(self.root / "reached")
        os.mkfifo(self.root / "released")

    def await_build(self) -> None:
        (self.root / "reached").open().close()

    def release_build(self) -> None:
        (self.root / "reached").unlink()
        (self.root / "released").open("w").close()
