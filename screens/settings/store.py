"""The settings as the terminal application is given them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Source = Literal["default", "file", "environment"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, its values as they are written.

    `value` counts for what is started from now on, `used` is what this run began with, and `written` what the file
    says, None where it says nothing. `choices` are all that there is to choose from, where they are few.
    """

    name: str
    description: str
    allowed: str
    variable: str
    value: str
    source: Source
    default: str
    used: str
    written: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Secret:
    """What is known of a secret: never the secret itself. `place` is where it is set, None where it is not.

    `how` says how it is set, as a command.
    """

    name: str
    description: str
    how: str
    place: str | None = None


class SettingsStore(Protocol):
    """The settings where they are kept; all but `secrets` may block, and raise a VibeCodeError that says why."""

    @property
    def file(self) -> Path:
        """The file of settings, which need not be there."""
        ...

    def read(self) -> tuple[Setting, ...]: ...

    async def secrets(self) -> tuple[Secret, ...]:
        """Which secrets are set, and where."""
        ...

    def problem(self, name: str, written: str) -> str:
        """Why a setting cannot have this value, as a sentence; empty where it can. Does not block."""
        ...

    def write(self, name: str, written: str) -> None:
        """Writes it into the file, which is otherwise left as it is."""
        ...

    def reset(self, name: str) -> None:
        """Takes it out of the file."""
        ...
