"""The templates that there are: all of them listed, or one loaded by its id."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from templates.errors import TemplateError, TemplateNotFoundError

if TYPE_CHECKING:
    from templates.manifest import TemplateManifest

BUILT_IN = Path(__file__).parent
MANIFEST = "template.toml"
FILES = "files"

ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

SEPARATOR = "/"
"""Between a source's name and the rest of its templates' ids."""


def is_ours(template_id: str) -> bool:
    """Whether the template came with the program; those of a person's own sources are called `source/template`."""
    return SEPARATOR not in template_id


@dataclass(frozen=True, slots=True)
class Template:
    """A template that can be used: its folder holds `template.toml` and `files/`.

    What comes from a source of the person's own is called `source/template`, in the manifest of its projects, too.
    """

    id: str
    folder: Path
    manifest: "TemplateManifest"

    @property
    def files(self) -> Path:
        return self.folder / FILES

    @property
    def ours(self) -> bool:
        return is_ours(self.id)

    @property
    def source(self) -> str | None:
        """The name of the source that it comes from; None for one of ours."""
        return None if self.ours else self.id.partition(SEPARATOR)[0]

    @property
    def short(self) -> str:
        """The id without its source: what a workspace is named after."""
        return self.id.rpartition(SEPARATOR)[2]

    def as_dict(self) -> dict[str, object]:
        """What `vibecode templates --json` says of it."""
        manifest = self.manifest
        return {
            "id": self.id,
            "title": manifest.title,
            "language": manifest.language,
            "tags": list(manifest.tags),
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Listing:
    """The templates that can be used, sorted by id, and by id why others cannot."""

    templates: tuple[Template, ...]
    broken: Mapping[str, TemplateError]


@dataclass(frozen=True, slots=True)
class Catalog:
    """The templates in one folder, each a folder with a `template.toml`."""

    folder: Path = BUILT_IN

    def ids(self) -> tuple[str, ...]:
        """All ids, sorted, those of broken templates too; no manifest is read."""
        return tuple(sorted(path.parent.name for path in self.folder.glob(f"*/{MANIFEST}")))

    def list(self) -> Listing:
        """All templates; a broken one is named and skipped."""
        templates: list[Template] = []
        broken: dict[str, TemplateError] = {}
        for template_id in self.ids():
            try:
                templates.append(read_template(self.folder / template_id, template_id))
            except TemplateError as error:
                broken[template_id] = error
        return Listing(tuple(templates), broken)

    def load(self, template_id: str) -> Template:
        """The template with this id; TemplateNotFoundError names similar ones, TemplateError says what is broken."""
        ids = self.ids()
        if template_id not in ids:
            raise unknown(template_id, ids)
        return read_template(self.folder / template_id, template_id)


def read_template(folder: Path, template_id: str) -> Template:
    """The template in this folder, which may be anybody's. Raises TemplateError, which says what is broken."""
    from templates.manifest import read_manifest  # pydantic is slow to import, and ids do without

    if not all(ID.fullmatch(part) for part in template_id.split(SEPARATOR)):
        raise TemplateError(
            f"{folder}: a template's folder is named in lower-case letters, digits and single hyphens.",
            hint=f"Rename {folder}.",
        )
    template = Template(template_id, folder, read_manifest(folder / MANIFEST))
    if template.files.is_symlink():  # it may lead to any folder of this machine
        raise TemplateError(f"{template.files} is a link.", hint=f"Put the files themselves into {template.files}.")
    bundled = [name for name in template.manifest.extensions if name.startswith("./")]
    for path in (template.files, *(template.files / name for name in bundled)):
        if not path.exists():
            raise TemplateError(f"{path} is missing.", hint="templates/README.md says what a template has.")
    return template


def unknown(template_id: str, ids: Collection[str]) -> TemplateNotFoundError:
    """Names similar ones of `ids`."""
    close = " or ".join(f"`{found}`" for found in get_close_matches(template_id, ids, n=2))
    return TemplateNotFoundError(
        f"No template is called {template_id!r}.",
        hint=f"Did you mean {close}? `vibecode templates` lists them all." if close else None,
    )
