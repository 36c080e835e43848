"""The variables of a template: what each takes, and values judged by it."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from templates.patterns import slow_because
from templates.text import has_controls

BREAKING = "\"'`\\$<>&{}"
"""Characters that end or change a string in JSON, TOML, HTML, a script or a shell."""


def _one_line(text: str) -> str:
    if has_controls(text):
        raise ValueError("must be one line without control characters")
    return text


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"must be a regular expression ({error})") from None
    if reason := slow_because(pattern):
        raise ValueError(f"{reason}, which can take for ever to match")
    return pattern


Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_one_line)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(_one_line)]


class Table(BaseModel):
    """A table of `template.toml`: fixed once read, and without keys that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class StringVariable(Table):
    """One line of text: one of `choices`, or what `pattern` matches whole, or anything without BREAKING characters."""

    type: Literal["string"]
    title: Title
    default: str
    pattern: Annotated[str, AfterValidator(_regex)] | None = None
    choices: Annotated[tuple[str, ...], Field(strict=False)] = ()
    max_length: Annotated[int, Field(ge=1, le=500)] = 200

    @property
    def default_text(self) -> str:
        return self.default

    def accept(self, value: str) -> str:
        """The value as it is put into the files; ValueError says which rule it breaks."""
        _one_line(value)
        if len(value) > self.max_length:
            raise ValueError(f"must have at most {self.max_length} characters")
        if self.choices:
            if value not in self.choices:
                raise ValueError(f"must be one of {', '.join(self.choices)}")
        elif self.pattern is not None:
            if not re.fullmatch(self.pattern, value):
                raise ValueError(f"must match {self.pattern}")
        elif any(char in BREAKING for char in value):
            raise ValueError(f"must do without {' '.join(BREAKING)}")
        return value


class IntegerVariable(Table):
    """A whole number from `min` to `max`, both included."""

    type: Literal["integer"]
    title: Title
    default: int
    min: int | None = None
    max: int | None = None

    @property
    def default_text(self) -> str:
        return str(self.default)

    def accept(self, value: str) -> str:
        """The value as it is put into the files; ValueError says which rule it breaks."""
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise ValueError("must be a whole number")
        number = int(value)
        if self.min is not None and number < self.min:
            raise ValueError(f"must be at least {self.min}")
        if self.max is not None and number > self.max:
            raise ValueError(f"must be at most {self.max}")
        return str(number)


class BooleanVariable(Table):
    """`true` or `false`, and put into the files as this word."""

    type: Literal["boolean"]
    title: Title
    default: bool

    @property
    def default_text(self) -> str:
        return "true" if self.default else "false"

    def accept(self, value: str) -> str:
        """The value as it is put into the files; ValueError says which rule it breaks."""
        if value not in ("true", "false"):
            raise ValueError("must be true or false")
        return value


AnyVariable = StringVariable | IntegerVariable | BooleanVariable


def _coherent(variable: AnyVariable) -> AnyVariable:
    if isinstance(variable, StringVariable) and variable.choices and variable.pattern is not None:
        raise ValueError("has both choices and a pattern; one of them is enough")
    try:
        variable.accept(variable.default_text)
    except ValueError as error:
        raise ValueError(f"has a default that it does not take itself: {error}") from None
    return variable


Variable = Annotated[AnyVariable, Field(discriminator="type"), AfterValidator(_coherent)]

NAME = "name"
"""The variable that every template has without declaring it."""

WORKSPACE_NAME = StringVariable(
    type="string",
    title="The workspace's name",
    default="workspace",
    pattern="[a-z]([a-z0-9-]*[a-z0-9])?",
    max_length=63,
)
