"""The schema of `template.toml`, and its one reader."""

import errno
import os
import re
import shlex
import stat
import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails

from templates.errors import TemplateError, UnsafePathError
from templates.paths import check_path
from templates.placeholders import fill
from templates.project import Manifest
from templates.services import ServiceName
from templates.text import size_in_words
from templates.toolchains import ToolchainName
from templates.variables import NAME, Line, Table, Title, Variable

_OPEN_VSX = re.compile(r"[A-Za-z0-9][\w-]*\.[A-Za-z0-9][\w-]*(@[0-9][\w.+-]*)?", re.ASCII)
_T = TypeVar("_T")

LARGEST = 256 * 1024
"""Bytes that a `template.toml` may have."""


def _distinct(items: tuple[_T, ...]) -> tuple[_T, ...]:
    if len(set(items)) < len(items):
        raise ValueError("must not name anything twice")
    return items


def _extension(extension: str) -> str:
    if extension.startswith("./") and extension.endswith(".vsix"):
        try:
            check_path(extension.removeprefix("./"))
        except UnsafePathError as error:
            raise ValueError(f"must be a path inside the project ({error.detail})") from None
    elif not _OPEN_VSX.fullmatch(extension):
        raise ValueError("must be `publisher.name`, `publisher.name@version` or `./path.vsix`")
    return extension


def _one_sign(icon: str) -> str:
    if len(icon) != 1 or unicodedata.category(icon) != "So":
        raise ValueError("must be one symbol, such as ⚡, of a single code point")
    return icon


def _not_reserved(name: str) -> str:
    if name == NAME:
        raise ValueError("is the workspace's name, which every template has")
    return name


_Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=30)]
_Port = Annotated[int, Field(ge=1024, le=65535)]
_Icon = Annotated[str, AfterValidator(_one_sign)]  # terminals disagree on the width of longer ones
_Extension = Annotated[str, AfterValidator(_extension)]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40), AfterValidator(_not_reserved)]


class TemplateManifest(Table):
    """What `template.toml` says; the template's id is its folder's name.

    `install`, `run`, `test` and `lint` are shell commands for the project's folder, in which variables may stand
    unquoted. `services` run beside the workspace, `toolchains` are in it. `icon` and `good_for` are what a gallery
    shows beside title and description. Where `verbatim` says so, files and commands are what they are, whatever is in
    them.
    """

    title: Title
    description: Line
    language: Title
    icon: _Icon = "◆"
    good_for: Line = ""
    tags: Annotated[tuple[_Tag, ...], Field(strict=False), AfterValidator(_distinct)] = ()
    ports: Annotated[tuple[_Port, ...], Field(strict=False), AfterValidator(_distinct)] = ()
    install: Line = ""
    run: Line = ""
    test: Line = ""
    lint: Line = ""
    extensions: Annotated[tuple[_Extension, ...], Field(strict=False), AfterValidator(_distinct)] = ()
    services: Annotated[tuple[ServiceName, ...], Field(strict=False), AfterValidator(_distinct)] = ()
    verbatim: bool = False
    toolchains: Annotated[tuple[ToolchainName, ...], Field(strict=False), AfterValidator(_distinct)] = ()
    variables: dict[_Name, Variable] = {}

    @field_validator("variables")
    @classmethod
    def _no_place_for_variables(cls, variables: dict[str, Variable], info: ValidationInfo) -> dict[str, Variable]:
        if variables and info.data.get("verbatim"):
            raise ValueError("cannot be filled in, since the template is verbatim")
        return variables

    def of_project(self, template: str, values: Mapping[str, str]) -> Manifest:
        """The manifest of a project made from the template `template` with these accepted values."""
        quoted = {} if self.verbatim else {name: shlex.quote(value) for name, value in values.items()}
        return Manifest(
            title=self.title,
            template=template,
            description=self.description,
            language=self.language,
            tags=self.tags,
            ports=self.ports,
            run=fill(self.run, quoted),
            test=fill(self.test, quoted),
            extensions=self.extensions,
            install=fill(self.install, quoted),
            lint=fill(self.lint, quoted),
            services=self.services,
            toolchains=self.toolchains,
        )


def read_manifest(path: Path) -> TemplateManifest:
    """Reads and judges a `template.toml`; TemplateError names the file, and each line and field that is wrong."""
    text = _text(path)
    try:
        return TemplateManifest.model_validate(tomllib.loads(text))
    except ValidationError as error:
        raise _broken(path, "; ".join(_complaint(text, one) for one in error.errors(include_url=False))) from None
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, or a number or a nesting without end
        raise _broken(path, f"is not TOML: {error}") from None


def _text(path: Path) -> str:
    """What the file says, which may be anybody's: a link is not followed, and a pipe is not waited for."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _broken(path, "is not a file")
            content = file.read(LARGEST + 1)
    except OSError as error:
        why = "it is a link" if error.errno == errno.ELOOP else error.strerror
        raise _broken(path, f"cannot be read ({why})") from None
    if len(content) > LARGEST:
        raise _broken(path, f"is larger than {size_in_words(LARGEST)}")
    try:
        return content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise _broken(path, f"is not UTF-8 ({error.reason} at byte {error.start})") from None


def _broken(path: Path, what: str) -> TemplateError:
    return TemplateError(f"{path}: {what}.", hint=f"Mend {path}; templates/README.md describes its fields.")


def _complaint(text: str, error: ErrorDetails) -> str:
    field = _field(error["loc"])
    line = _line(text, field)
    match error["type"]:
        case "extra_forbidden":
            what = "is not a field of a template"
        case "missing":
            what = "is missing"
        case "union_tag_not_found":
            what = "needs a type: string, integer or boolean"
        case "union_tag_invalid":
            what = "must have the type string, integer or boolean"
        case "value_error":
            what = str(error.get("ctx", {}).get("error", error["msg"]))
        case _:
            what = re.sub(r"^(Input|String|Value|Tuple) should", "must", error["msg"]).replace(
                "a valid tuple", "a list"
            )
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in field).removeprefix(".")
    return f"line {line}: {where} {what}" if line else f"{where} {what}"


def _field(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """A field as the file names it: pydantic puts a variable's type, and a marker for keys, between the names."""
    if len(loc) > 2 and loc[0] == "variables":
        loc = (*loc[:2], *loc[3:])
    return loc


def _line(text: str, field: tuple[int | str, ...]) -> int | None:
    """Where a field is set, else where its table begins; None where the file does not have it in a line of its own."""
    names = [part for part in field if isinstance(part, str)]
    table, found = "", None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[([\w.]+)\]", line):
            table = header[1]
            if table == ".".join(names[:-1]) or table == ".".join(names):
                found = number
        elif (key := re.match(r"\s*([\w-]+)\s*=", line)) and [*filter(None, table.split(".")), key[1]] == names:
            return number
    return found
