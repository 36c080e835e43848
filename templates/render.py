"""A template and values for its variables become a project."""

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from templates.catalog import Template
from templates.collect import collect
from templates.errors import VariableError
from templates.placeholders import fill
from templates.project import Project, ProjectFile
from templates.text import shown
from templates.variables import NAME, WORKSPACE_NAME

LARGEST = 1 << 20
"""Bytes from which on a file is copied as it is, so that none is held in memory for the sake of a placeholder."""


def render(template: Template, variables: Mapping[str, str]) -> Project:
    """The template's files and manifest with its variables filled in; `name`, the workspace's name, is always given.

    A file that is not UTF-8 text, or larger than LARGEST, is copied as it is; all of a verbatim template is. Raises
    VariableError for a variable that the template does not have or a value that it does not take, and what `collect`
    raises.
    """
    values = _values(template, variables)
    manifest, verbatim = template.manifest.of_project(template.id, values), template.manifest.verbatim
    files, _ = collect(template.files, include_secrets=True, include_ignored=verbatim)
    return Project(manifest, files if verbatim else tuple(_rendered(file, values) for file in files))


def _values(template: Template, variables: Mapping[str, str]) -> dict[str, str]:
    known = {NAME: WORKSPACE_NAME, **template.manifest.variables}
    if unknown := [name for name in variables if name not in known]:
        close = get_close_matches(unknown[0], known, n=1)
        raise VariableError(
            f"{template.id} has no variable {shown(unknown[0])}; it has {', '.join(known)}.",
            hint=f"Did you mean {close[0]}?" if close else f"`vibecode templates show {template.id}` describes them.",
        )
    values: dict[str, str] = {}
    for name, variable in known.items():
        value = variables.get(name, variable.default_text)
        try:
            values[name] = variable.accept(value)
        except ValueError as error:
            raise VariableError(
                f"The variable {name} of {template.id} cannot be {value[:80]!r}: it {error}.",
                hint=f"`vibecode templates show {template.id}` describes its variables.",
            ) from None
    return values


def _rendered(file: ProjectFile, values: Mapping[str, str]) -> ProjectFile:
    if file.source is None or file.source.stat().st_size > LARGEST:
        return file
    content = file.source.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return file
    filled = fill(text, values)
    return file if filled == text else replace(file, source=None, content=filled.encode())
