"""A source of templates, and the one file that names them all."""

import fcntl
import json
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from templates.catalog import ID
from templates.sources.errors import SourceError, SourceNotFoundError, SourcesBusyError


@dataclass(frozen=True, slots=True)
class Source:
    """A folder that is a template or holds several; `url` and `commit` say where Git brought it from."""

    name: str
    folder: Path
    url: str = ""
    commit: str = ""

    @property
    def place(self) -> str:
        """Where it comes from, for a person."""
        return self.url or str(self.folder)

    def as_dict(self) -> dict[str, object]:
        return {
            "name": self.name,
            "folder": str(self.folder),
            "url": self.url or None,
            "commit": self.commit or None,
        }


@dataclass(frozen=True, slots=True)
class SourceBook:
    """The file of the sources (0600), and the folder for what is kept of them here."""

    file: Path
    kept: Path

    @property
    def fetched(self) -> Path:
        """What Git brought: a folder for each time."""
        return self.kept / "fetched"

    @property
    def made(self) -> Path:
        """What was made of workspaces: a folder for each template."""
        return self.kept / "made"

    def keeps(self, source: Source) -> bool:
        """Whether its files are here alone, and go with it."""
        return source.folder.parent == self.made.resolve()

    def read(self) -> tuple[Source, ...]:
        """Sorted by name. Raises SourceError where the file is not one of ours."""
        try:
            found = cast("list[dict[str, Any]]", json.loads(self.file.read_bytes())["sources"])
            return tuple(sorted((_source(one) for one in found), key=lambda one: one.name))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise SourceError(f"{self.file} cannot be read: {error.strerror}.") from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            hint = f"Mend {self.file}, or remove it to have VibeCode's own templates alone."
            raise SourceError(f"{self.file} does not hold sources of templates: {error}.", hint=hint) from error

    def named(self, name: str) -> Source:
        """Raises SourceNotFoundError, SourceError."""
        sources = self.read()
        for one in sources:
            if one.name == name:
                return one
        there = ", ".join(one.name for one in sources) or "none yet"
        hint = "`vibecode templates add FOLDER` adds one." if not sources else None
        raise SourceNotFoundError(f"No source is called {name!r}; there are: {there}.", hint=hint)

    def write(self, sources: Iterable[Source]) -> None:
        """Whole or not at all. Raises SourceError."""
        table = {"sources": [one.as_dict() for one in sources]}
        new = self.file.with_name(f"{self.file.name}.{os.getpid()}.new")
        try:
            with open(new, "w", encoding="utf-8", opener=_private) as out:
                out.write(json.dumps(table, indent=2) + "\n")
                out.flush()
                os.fsync(out.fileno())
            new.replace(self.file)
        except OSError as error:
            raise SourceError(f"{self.file} cannot be written: {error.strerror}.") from error

    @contextmanager
    def changing(self) -> Generator[None]:
        """Alone with the sources of this home. Raises SourcesBusyError, SourceError."""
        try:
            for folder in (self.file.parent, self.kept):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.kept / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise SourceError(f"{error.filename} cannot be written: {error.strerror}.") from error
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SourcesBusyError("Another VibeCode changes the sources of templates right now.") from None
            yield
        finally:
            os.close(lock)


def check_name(name: str) -> str:
    """The name itself, if a template's id can begin with it. Raises SourceError."""
    if not ID.fullmatch(name) or len(name) > 40:
        hint = "Give it a name of lower-case letters, digits and single hyphens: `--name my-templates`."
        raise SourceError(f"{name[:60]!r} cannot be the name of a source.", hint=hint)
    return name


def _source(table: dict[str, Any]) -> Source:
    folder = Path(table["folder"])
    if not folder.is_absolute():
        raise ValueError(f"{folder} is not absolute")
    name, url, commit = (str(table.get(key) or "") for key in ("name", "url", "commit"))
    if not ID.fullmatch(name):
        raise ValueError(f"{name!r} is not a source's name")
    return Source(name, folder, url, commit)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
