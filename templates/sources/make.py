"""A project becomes a template, whose files are exactly those of the project."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast

from pydantic import ValidationError

from templates.catalog import FILES, MANIFEST
from templates.manifest import TemplateManifest
from templates.project import Manifest, Project
from templates.sources.errors import ExportError
from templates.text import plain

LANGUAGE = "Other"
"""Of a project whose language nobody knows: a template has to have one."""


def write_template(project: Project, folder: Path, name: str) -> tuple[str, ...]:
    """Writes the template, whole or not at all, where there is nothing yet; what its manifest could not say.

    Raises ExportError.
    """
    text, left = manifest_text(project.manifest, name)
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
            raise ExportError(
                f"There is something in {folder} already.", hint="Name an empty folder: `--output FOLDER`."
            )
        new = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            for path, content, mode in _files(project, text):
                place = new / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
                place.chmod(mode)
            (new / FILES).mkdir(exist_ok=True)
            new.replace(folder)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
    except OSError as error:
        raise ExportError(f"{error.filename or folder} cannot be written: {error.strerror}.") from error
    return left


def manifest_text(manifest: Manifest, name: str) -> tuple[str, tuple[str, ...]]:
    """`template.toml`, and a sentence for each field that a template cannot have like this."""
    values: dict[str, Any] = {
        "title": plain(manifest.title)[:80].strip() or name,
        "description": plain(manifest.description)[:200].strip(),
        "language": plain(manifest.language)[:80].strip() or LANGUAGE,
        "verbatim": True,
    }
    left: list[str] = []
    for field in TemplateManifest.model_fields:
        value: Any = getattr(manifest, field, None)
        if field in values or not value:
            continue
        plainly: Any = list(cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value
        try:
            TemplateManifest.model_validate({**values, field: plainly})
        except ValidationError as error:
            left.append(f"Its {field} stays out of {MANIFEST}: {error.errors(include_url=False)[0]['msg']}.")
        else:
            values[field] = plainly
    lines = [f"{field} = {json.dumps(value, ensure_ascii=False)}" for field, value in values.items()]
    return "\n".join([*lines, ""]), tuple(left)


def _files(project: Project, text: str) -> Iterator[tuple[str, bytes, int]]:
    yield MANIFEST, text.encode(), 0o644
    for file in project.files:
        yield f"{FILES}/{file.path}", b"".join(file.chunks()), file.mode
