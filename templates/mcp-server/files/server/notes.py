"""Notes: text files in one folder, and nothing outside it."""

import re
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class NoteError(ValueError):
    """What an assistant is told when it asks for something that cannot be."""


@dataclass(frozen=True, slots=True)
class Notes:
    folder: Path

    def names(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("*.md"))

    def read(self, name: str) -> str:
        path = self._path(name)
        if not path.is_file():
            raise NoteError(f"There is no note {name!r}. There are: {', '.join(self.names()) or 'none'}.")
        return path.read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        path = self._path(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def search(self, words: str) -> list[str]:
        """The names of the notes that have all the words, in any case."""
        wanted = words.lower().split()
        return [name for name in self.names() if all(word in self.read(name).lower() for word in wanted)]

    def _path(self, name: str) -> Path:
        # What a model sends is not to be trusted: a name is never a path.
        if not _NAME.fullmatch(name):
            raise NoteError(f"A note's name has lower-case letters, digits and hyphens; {name!r} has not.")
        return self.folder / f"{name}.md"
