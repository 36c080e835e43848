"""What is put into a workspace: files and the manifest that says how to run them."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from templates.services import ServiceName
from templates.toolchains import ToolchainName

CHUNK = 128 * 1024


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """One file: a relative POSIX path, and its bytes, a file on this machine that holds them, or a link's target.

    Exactly one of `content`, `source` and `link` is set. `mode` holds the permission bits.
    """

    path: str
    content: bytes | None = None
    source: Path | None = None
    link: str | None = None
    mode: int = 0o644

    def chunks(self) -> Iterator[bytes]:
        """The bytes in pieces of at most 128 KiB, so that a large file is never held whole."""
        if self.content is not None:
            for start in range(0, len(self.content), CHUNK):
                yield self.content[start : start + CHUNK]
        elif self.source is not None:
            with self.source.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk


@dataclass(frozen=True, slots=True)
class Manifest:
    """How a project is shown and run: what `template.toml` says, or what was found in a folder.

    `ports` are what the project serves (1024 to 65535); `install`, `run`, `test` and `lint` are shell commands in
    the project's folder; `extensions` are Open VSX ids, or paths of .vsix files inside the project (`./name.vsix`);
    `services` are names of `templates.services`, `toolchains` of `templates.toolchains`; `user` is whom a front end
    has it made for, in its own words.
    """

    title: str
    template: str | None = None
    description: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    run: str = ""
    test: str = ""
    extensions: tuple[str, ...] = ()
    install: str = ""
    lint: str = ""
    services: tuple[ServiceName, ...] = ()
    toolchains: tuple[ToolchainName, ...] = ()
    user: str = ""


@dataclass(frozen=True)
class Project:
    """Files and manifest, ready for any engine; `left_out` names what an import left behind and why."""

    manifest: Manifest
    files: tuple[ProjectFile, ...]
    left_out: tuple[str, ...] = field(default=(), compare=False)
    home: tuple[ProjectFile, ...] = field(default=(), compare=False)
    """Files for the home folder beside the project, such as the editor's settings that a moved workspace brings."""

    @cached_property
    def digest(self) -> str:
        """A hash of manifest, paths, modes and bytes, not of `user`: equal digests seed equal workspaces."""
        digest = hashlib.sha256(json.dumps(_plain(self.manifest), sort_keys=True).encode())
        for file in sorted(self.files, key=lambda file: file.path.encode()):
            content = hashlib.sha256()
            for chunk in file.chunks():
                content.update(chunk)
            digest.update(f"{file.path}\0{file.mode:o}\0{file.link or ''}\0{content.hexdigest()}\n".encode())
        return digest.hexdigest()


def _plain(manifest: Manifest) -> dict[str, object]:
    return {name: getattr(manifest, name) for name in Manifest.__slots__ if name != "user"}
