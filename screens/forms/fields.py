"""What a form asks for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormField:
    """One field: `choices`, as (value, title), are all that it takes, where there are any; `longest` in characters.

    `placeholder` stands in it while it is empty.
    """

    name: str
    title: str
    value: str
    longest: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    placeholder: str = ""
