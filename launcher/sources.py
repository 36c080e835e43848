"""The templates that there are for the person whose folders these are: ours, and those of their own sources."""

from typing import TYPE_CHECKING

from launcher.paths import Paths

if TYPE_CHECKING:
    from templates.sources.catalog import SourcedCatalog
    from templates.sources.change import Sources


def catalog_of(paths: Paths) -> "SourcedCatalog":
    from templates.sources.catalog import SourcedCatalog
    from templates.sources.source import SourceBook

    return SourcedCatalog(book=SourceBook(paths.template_sources, paths.templates))


def sources_of(paths: Paths) -> "Sources":
    from templates.catalog import Catalog
    from templates.sources.change import Sources

    return Sources(catalog_of(paths).book, Catalog().ids())
