"""What of a project runs, or makes the editor run something, for a person to judge before it does."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from templates.project import Project, ProjectFile
from templates.text import plain

_TASKS = ".vscode/tasks.json"
_LONGEST = 1 << 20


def what_runs(project: Project) -> tuple[str, ...]:
    """Its commands, the editor's tasks that start by themselves, settings and extensions: a line each."""
    manifest = project.manifest
    commands = (("install", manifest.install), ("run", manifest.run), ("test", manifest.test), ("lint", manifest.lint))
    return (
        *(f"{label}: {plain(command)}" for label, command in commands if command),
        *_by_themselves(project),
        *(f"extension of the editor: {plain(one)}" for one in manifest.extensions),
        *(f"settings of the editor: {plain(path)}" for path in _settings(project)),
    )


def _by_themselves(project: Project) -> Iterator[str]:
    for file in project.files:
        if file.path != _TASKS and not file.path.endswith((f"/{_TASKS}", ".code-workspace")):
            continue
        text = _text(file)
        try:
            found = list(_opening(json.loads(_without_comments(text))))
        except (ValueError, RecursionError):
            found = ["a task that cannot be read here"] if re.search(r"folderOpen|\\u", text) else []
        for command in found:
            yield f"by itself, when the folder is opened ({plain(file.path)}): {plain(command)}"


def _opening(value: Any) -> Iterator[str]:
    """The command of each task, anywhere in the document, that runs when the folder is opened."""
    if isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from _opening(one)
    elif isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        options = table.get("runOptions")
        if isinstance(options, dict) and cast("dict[str, Any]", options).get("runOn") == "folderOpen":
            yield str(table.get("command") or table.get("script") or table.get("label") or "a task without a name")
        for one in table.values():
            yield from _opening(one)


def _settings(project: Project) -> Iterator[str]:
    for file in project.files:
        if file.path.endswith(".code-workspace") or f"/{file.path}".endswith("/.vscode/settings.json"):
            yield file.path


def _text(file: ProjectFile) -> str:
    found = b""
    for chunk in file.chunks():
        found += chunk
        if len(found) > _LONGEST:
            break
    return found.decode("utf-8-sig", "replace")


_JSONC = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)


def _without_comments(text: str) -> str:
    """As JSON, of what VS Code takes for it: comments and a comma at the end are left out."""
    for _ in range(2):  # a comma may stand before a comment
        text = _JSONC.sub(lambda found: found[0] if found[0].startswith('"') else "", text)
    return text
