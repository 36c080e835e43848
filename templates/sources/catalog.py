"""Our templates and those of the person's own sources, as one catalog."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from templates.catalog import MANIFEST, SEPARATOR, Catalog, Listing, Template, read_template, unknown
from templates.errors import TemplateError
from templates.sources.errors import SourceError
from templates.sources.source import Source, SourceBook

LOOKED_THROUGH = 2_000
"""Entries of a source's folder, among which its templates are found."""


@dataclass(frozen=True, slots=True)
class SourcedCatalog(Catalog):
    """Ours are called as ever, others `source/template`; a source that is broken never hides anything else."""

    book: SourceBook = field(kw_only=True)

    def ids(self) -> tuple[str, ...]:
        found = [*self._ours.ids()]
        for source in self._sources()[0]:
            try:
                found += template_folders(source)
            except SourceError:
                continue
        return tuple(sorted(found))

    def list(self) -> Listing:
        ours = self._ours.list()
        sources, broken = self._sources()
        listings = [list_source(source) for source in sources]
        templates = [*ours.templates, *(template for one in listings for template in one.templates)]
        for one in (ours, *listings):
            broken |= one.broken
        return Listing(tuple(sorted(templates, key=lambda one: one.id)), broken)

    def load(self, template_id: str) -> Template:
        """By its id; the part after the source's name suffices where it is that of no other template."""
        if template_id in self._ours.ids():
            return self._ours.load(template_id)
        source_name, separator, _ = template_id.partition(SEPARATOR)
        if separator:
            source = self.book.named(source_name)
            return load_of(source, template_id)
        found = [one for one in self.ids() if one.partition(SEPARATOR)[2] == template_id]
        match found:
            case [one]:
                return self.load(one)
            case []:
                raise unknown(template_id, self.ids())
            case _:
                names = " or ".join(f"`{one}`" for one in found)
                hint = f"Say which: {names}."
                raise TemplateError(f"{len(found)} sources have a template called {template_id!r}.", hint=hint)

    @property
    def _ours(self) -> Catalog:
        return Catalog(self.folder)

    def _sources(self) -> tuple[tuple[Source, ...], dict[str, TemplateError]]:
        try:
            return self.book.read(), {}
        except SourceError as error:
            return (), {self.book.file.name: error}


def list_source(source: Source) -> Listing:
    """Its templates, and why others of it, or the source itself by its name, cannot be used."""
    try:
        ids = template_folders(source)
    except SourceError as error:
        return Listing((), {source.name: error})
    templates: list[Template] = []
    broken: dict[str, TemplateError] = {}
    for template_id, folder in ids.items():
        try:
            templates.append(read_template(folder, template_id))
        except TemplateError as error:
            broken[template_id] = error
    return Listing(tuple(templates), broken)


def load_of(source: Source, template_id: str) -> Template:
    """Raises TemplateNotFoundError, TemplateError, SourceError."""
    folders = template_folders(source)
    if template_id not in folders:
        raise unknown(template_id, tuple(folders))
    return read_template(folders[template_id], template_id)


def template_folders(source: Source) -> Mapping[str, Path]:
    """By id: the folder itself where it is a template, called as its source, else those in it that are.

    Links are passed over, since they may lead anywhere. Raises SourceError where the source has gone or holds none.
    """
    try:
        if os.path.lexists(source.folder / MANIFEST):
            return {f"{source.name}{SEPARATOR}{source.name}": source.folder}
        with os.scandir(source.folder) as entries:
            folders = [one.name for one in islice(entries, LOOKED_THROUGH) if one.is_dir(follow_symlinks=False)]
    except OSError as error:
        hint = f"Bring {source.folder} back; or forget the source: `vibecode templates remove {source.name}`."
        if source.url:
            hint = f"Fetch it anew: `vibecode templates update {source.name}`."
        why = "is not there any more" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise SourceError(f"{source.folder} {why}.", hint=hint) from None
    found = sorted(name for name in folders if os.path.lexists(source.folder / name / MANIFEST))
    if not found:
        hint = f"Put a {MANIFEST} into it, or into folders in it; templates/README.md says what a template has."
        raise SourceError(f"{source.place} has no templates: no {MANIFEST}, nor folders with one.", hint=hint)
    return {f"{source.name}{SEPARATOR}{name}": source.folder / name for name in found}
