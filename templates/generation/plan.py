"""The plan that comes before any file: what the project is called, made of, run and tested by."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from templates.errors import UnsafePathError
from templates.generation.errors import PlanError
from templates.paths import check_path
from templates.project import Manifest
from templates.text import has_controls
from templates.toolchains import called_by

MOST_FILES = 200
LONGEST_COMMAND = 500


@dataclass(frozen=True, slots=True)
class PlannedFile:
    path: str
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """`base` is a template's id, or empty; `install`, `run` and `test` are shell commands, or empty.

    `ports` are what the project serves. `name` is a stem for the workspace's: lower-case letters, digits and hyphens.
    """

    name: str
    title: str
    summary: str = ""
    language: str = ""
    stack: str = ""
    base: str = ""
    ports: tuple[int, ...] = ()
    install: str = ""
    run: str = ""
    test: str = ""
    files: tuple[PlannedFile, ...] = ()

    def manifest(self, base: Manifest | None) -> Manifest:
        """As a template's manifest; from the base come the extensions."""
        return Manifest(
            title=self.title,
            template=self.base or None,
            description=self.summary,
            language=self.language,
            tags=("ai",),
            ports=self.ports,
            install=self.install,
            run=self.run,
            test=self.test,
            extensions=base.extensions if base else _EXTENSIONS.get(self.language.casefold(), ()),
            toolchains=called_by(self.install, self.run, self.test),
        )

    def as_dict(self) -> dict[str, object]:
        return {
            "name": self.name,
            "title": self.title,
            "summary": self.summary,
            "language": self.language,
            "stack": self.stack,
            "base": self.base or None,
            "ports": list(self.ports),
            "install": self.install,
            "run": self.run,
            "test": self.test,
            "files": [{"path": file.path, "purpose": file.purpose} for file in self.files],
        }


_EXTENSIONS = {
    "python": ("ms-python.python", "charliermarsh.ruff"),
    "go": ("golang.go",),
    "rust": ("rust-lang.rust-analyzer",),
}

_FIELD = re.compile(r"[\s>*_#-]*([A-Za-z]+)[\s*_]*:[\s*_]*(.*)")
_FILE = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+[`*_]*([^\s`*:]+)[`*_]*\s*(?:[-:–—(]+\s*(.*))?")  # noqa: RUF001 - models write dashes
_FIELDS = ("name", "title", "summary", "language", "stack", "base", "ports", "install", "run", "test", "files")
_NOTHING = frozenset({"", "none", "n/a", "-", "no", "null", "not needed", "nothing"})


def read_plan(answer: str, templates: Collection[str]) -> Plan:
    """Reads a model's answer: one `FIELD: value` a line, and a list of files; what cannot be is left out.

    Raises PlanError where there is no name, no title or no files.
    """
    fields: dict[str, str] = dict.fromkeys(_FIELDS, "")
    files: dict[str, PlannedFile] = {}
    listing = False
    for line in answer.splitlines():
        named = _FIELD.fullmatch(line)
        name = _one_name(named[1]) if named else ""
        if named and name and not (listing and _FILE.fullmatch(line) and line.lstrip()[:1] in "-*+0123456789"):
            listing = name == "files"
            fields[name] = fields[name] or _value(named[2])
        elif listing and (file := _planned(line)):
            files.setdefault(file.path, file)
    title = fields["title"] or fields["name"]
    name = re.sub(r"[^a-z0-9]+", "-", (fields["name"] or title).lower()).strip("-")[:36].rstrip("-")
    if not name or not files:
        missing = "files" if name else "name"
        raise PlanError(f"Its plan has no {missing}. It said: {' '.join(answer.split())[:300]!r}")
    base = fields["base"].strip("`'\"").split(" ")[0]
    return Plan(
        name=name,
        title=title[:80],
        summary=fields["summary"][:200],
        language=fields["language"][:80],
        stack=fields["stack"][:200],
        base=base if base in templates else "",
        ports=tuple(dict.fromkeys(_ports(fields["ports"])))[:5],
        install=_command(fields["install"]),
        run=_command(fields["run"]),
        test=_command(fields["test"]),
        files=tuple(files.values())[:MOST_FILES],
    )


def _one_name(word: str) -> str:
    """The field's name, also in the singular: models write PORT for PORTS."""
    word = word.casefold()
    return next((name for name in _FIELDS if word in (name, name.removesuffix("s"))), "")


def _value(text: str) -> str:
    text = "".join(" " if has_controls(char) else char for char in text).strip().strip("*_").strip()
    return "" if text.casefold().rstrip(".") in _NOTHING else text


def _command(text: str) -> str:
    text = text.strip("`").strip()
    return text if len(text) <= LONGEST_COMMAND else ""


def _ports(text: str) -> Iterator[int]:
    for digits in re.findall(r"\d{4,5}", text):
        if 1024 <= int(digits) <= 65535:
            yield int(digits)


def _planned(line: str) -> PlannedFile | None:
    found = _FILE.fullmatch(line)
    if not found:
        return None
    path = found[1].removeprefix("./")
    try:
        check_path(path)
    except UnsafePathError:
        return None
    return PlannedFile(path, _value(found[2] or "").rstrip(")")[:200])
