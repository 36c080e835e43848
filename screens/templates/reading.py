"""What a template makes, read for its preview: its README, its files, and a file's text in colours."""

from dataclasses import dataclass

from textual.content import Content

from screens.templates.code import harmless, highlighted
from templates.catalog import Template
from templates.errors import VibeCodeError
from templates.project import Manifest, Project, ProjectFile
from templates.text import plain, size_in_words

LONGEST = 64 * 1024
"""Bytes of a file that are shown."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The project as it is made with the template's own values; `readme` is empty where there is none."""

    template: str
    project: Project
    readme: str
    empty: frozenset[str] = frozenset()
    """The paths of the files that have nothing in them."""

    def file(self, path: str) -> ProjectFile | None:
        return next((file for file in self.project.files if file.path == path), None)


def read_preview(template: Template) -> Preview:
    """Reads the template's files; what `templates.render.render` raises."""
    from templates.render import render

    project = render(template, {"name": template.short})
    readme = next((file for file in project.files if file.path.lower() == "readme.md"), None)
    text = harmless(_start(readme).decode("utf-8", "replace")) if readme else ""
    return Preview(template.id, project, text, frozenset(file.path for file in project.files if _size(file) == 0))


def unreadable(template: Template, error: VibeCodeError) -> Preview:
    """A preview that says why there is none."""
    project = Project(Manifest(template.manifest.title), ())
    return Preview(template.id, project, f"**{plain(error.title)}.** {plain(error.detail)}\n\n{plain(error.hint)}")


def colours(file: ProjectFile) -> Content:
    """The file's text with its syntax in colours, or a sentence where it is no text."""
    if file.link is not None:
        return Content.styled(f"A link to {file.link}.", "$muted")
    start = _start(file)
    if b"\0" in start:
        return Content.styled(f"Not a text: {size_in_words(_size(file))}.", "$muted")
    if not start:
        return Content.styled("This file is empty.", "$muted")
    content = highlighted(harmless(start.decode("utf-8", "replace")), file.path)
    if len(start) < LONGEST:
        return content
    return Content.assemble(
        content, "\n\n", (f"The first {size_in_words(LONGEST)} of {size_in_words(_size(file))}.", "$muted")
    )


def _start(file: ProjectFile) -> bytes:
    found = b""
    for chunk in file.chunks():
        found += chunk
        if len(found) >= LONGEST:
            break
    return found[:LONGEST]


def _size(file: ProjectFile) -> int:
    """In bytes."""
    return file.source.stat().st_size if file.source else len(file.content or file.link or b"")
