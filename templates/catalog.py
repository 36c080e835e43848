"""The templates that there are: all of them listed, or one loaded by its id."""

import re
from collections.abc import Mapping
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

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Template:
    """A template that can be used: its folder holds `template.toml` and `files/`."""

    id: str
    folder: Path
    manifest: "TemplateManifest"

    @property
    def files(self) -> Path:
        return self.folder / FILES

    def as_dict(self) -> dict[str, object]:
        """What `vibecode templates --json` says of it."""
        manifest = self.manifest
        return {"id": self.id, "title": manifest.title, "language": manifest.language, "tags": list(manifest.tags)}


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
                templates.append(self._load(template_id))
            except TemplateError as error:
                broken[template_id] = error
        return Listing(tuple(templates), broken)

    def load(self, template_id: str) -> Template:
        """The template with this id; TemplateNotFoundError names similar ones, TemplateError says what is broken."""
        ids = self.ids()
        if template_id not in ids:
            close = " or ".join(f"`{found}`" for found in get_close_matches(template_id, ids, n=2))
            raise TemplateNotFoundError(
                f"No template is called {template_id!r}.",
                hint=f"Did you mean {close}? `vibecode templates` lists them all." if close else None,
            )
        return self._load(template_id)

    def _load(self, template_id: str) -> Template:
        from templates.manifest import read_manifest  # pydantic is slow to import, and ids do without

        folder = self.folder / template_id
        if not _ID.fullmatch(template_id):
            raise TemplateError(
                f"{folder}: a template's folder is named in lower-case letters, digits and single hyphens.",
                hint=f"Rename {folder}.",
            )
        template = Template(template_id, folder, read_manifest(folder / MANIFEST))
        bundled = [name for name in template.manifest.extensions if name.startswith("./")]
        for path in (template.files, *(template.files / name for name in bundled)):
            if not path.exists():
                raise TemplateError(f"{path} is missing.", hint="templates/README.md says what a template has.")
        return template
