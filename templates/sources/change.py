"""Sources added, fetched anew and removed: each whole or not at all."""

import asyncio
import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp

from templates.catalog import Listing
from templates.errors import TemplateError, VibeCodeError
from templates.project import Project
from templates.sources.catalog import list_source, template_folders
from templates.sources.errors import SourceError, SourceTakenError
from templates.sources.fetch import LIMITS, FetchLimits, Progress, fetch
from templates.sources.make import write_template
from templates.sources.source import Source, SourceBook, check_name
from templates.sources.url import check_url, is_url, name_in


@dataclass(frozen=True, slots=True)
class Sources:
    """Changes the sources in the book; `ours` are the ids of our own templates, which no source may be called."""

    book: SourceBook
    ours: Collection[str]
    limits: FetchLimits = LIMITS

    async def add(self, place: str, name: str | None, progress: Progress) -> tuple[Source, Listing]:
        """A folder, which stays where it is, or what Git brings from an address.

        Raises SourceError, SourceTakenError, FetchError, and TemplateError where none of its templates can be used.
        """
        url = check_url(place) if is_url(place) else ""
        folder = None if url else await asyncio.to_thread(_folder, place)
        called = check_name(name or name_in(url or str(folder)))
        with self.book.changing():
            there = self.book.read()
            self._check_free(called, there)
            for one in there:
                if (url and one.url == url) or (folder and one.folder == folder):
                    hint = (
                        f"`vibecode templates` lists its templates; `vibecode templates remove {one.name}` forgets it."
                    )
                    raise SourceTakenError(f"{one.place} is the source {one.name!r} already.", hint=hint)
            if folder is None:
                source = await self._fetched(Source(called, Path(), url), progress)
            else:
                source = Source(called, folder)
            return source, await asyncio.to_thread(self._keep, source, there)

    async def update(self, name: str, progress: Progress) -> tuple[Source, Listing]:
        """Fetches a source anew; one that is a folder is only looked at. Raises what `add` does."""
        with self.book.changing():
            before = self.book.named(name)
            source = await self._fetched(before, progress) if before.url else before
            others = [one for one in self.book.read() if one.name != name]
            return source, await asyncio.to_thread(self._keep, source, others)

    async def make(self, name: str, project: Project, output: Path | None) -> tuple[Source, tuple[str, ...]]:
        """A template of the project, in a folder of its own; and what its manifest could not say.

        Raises ExportError, and what `add` does.
        """
        check_name(name)
        with self.book.changing():
            there = self.book.read()
            self._check_free(name, there)
            folder = (output or self.book.made / name).expanduser().absolute()
            left = await asyncio.to_thread(write_template, project, folder, name)
            source = Source(name, folder.resolve())
            try:
                await asyncio.to_thread(self._keep, source, there)
            except VibeCodeError:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
                raise
        return source, left

    def check_free(self, name: str) -> None:
        """Raises SourceTakenError, SourceError where no new source can be called so."""
        self._check_free(check_name(name), self.book.read())

    def remove(self, name: str) -> Source:
        """Forgets a source, with what is kept of it here; a folder of the person's own stays as it is."""
        with self.book.changing():
            source = self.book.named(name)
            self.book.write(one for one in self.book.read() if one.name != name)
            if self.book.keeps(source):
                shutil.rmtree(source.folder, ignore_errors=True)
            self._sweep()
        return source

    def _check_free(self, name: str, there: Iterable[Source]) -> None:
        if name in self.ours:
            raise SourceTakenError(f"{name!r} is one of VibeCode's own templates, and would be taken for it.")
        for one in there:
            if one.name == name:
                raise SourceTakenError(f"There is a source {name!r} already: {one.place}.")

    async def _fetched(self, source: Source, progress: Progress) -> Source:
        await asyncio.to_thread(self._sweep)
        self.book.fetched.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix=f"{source.name}.", dir=self.book.fetched))
        commit = await fetch(source.url, folder, progress, self.limits)
        return replace(source, folder=folder, commit=commit)

    def _keep(self, source: Source, others: Iterable[Source]) -> Listing:
        """Notes the source, if something of it can be used; what was fetched before, or in vain, goes."""
        try:
            listing = self._usable(source)
            self.book.write((*others, source))
        finally:
            self._sweep()
        return listing

    def _usable(self, source: Source) -> Listing:
        template_folders(source)
        listing = list_source(source)
        if not listing.templates:
            first = next(iter(listing.broken.values()))
            more = f" None of its {len(listing.broken)} templates can be used." if len(listing.broken) > 1 else ""
            raise TemplateError(first.detail + more, hint=first.hint)
        return listing

    def _sweep(self) -> None:
        """Removes what was fetched and belongs to no source: those that it was for hold the lock."""
        if self.book.fetched.is_dir():
            known = {one.folder for one in self.book.read()}
            for folder in self.book.fetched.iterdir():
                if folder not in known:
                    shutil.rmtree(folder, ignore_errors=True)


def _folder(place: str) -> Path:
    try:
        folder = Path(place).expanduser().resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        hint = "Name a folder that is there, or an address for Git: https://HOST/PATH."
        raise SourceError(f"{place} cannot be opened: {reason}.", hint=hint) from None
    if not folder.is_dir():
        raise SourceError(f"{folder} is a file, not a folder.", hint=f"Name its folder: {folder.parent}.")
    return folder
