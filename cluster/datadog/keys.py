"""The two keys of Datadog, and what can be seen of them without asking it.

An API key has 32 hexadecimal digits, an application key has had 40; newer forms are left to Datadog to judge.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

KeyKind = Literal["api", "app"]
KeySource = Literal["environment", "keyring"]

VARIABLES: dict[KeyKind, str] = {"api": "DD_API_KEY", "app": "DD_APP_KEY"}
WORDS: dict[KeyKind, str] = {"api": "API key", "app": "application key"}
_DIGITS: dict[KeyKind, int] = {"api": 32, "app": 40}
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Key:
    """`value` is sent to Datadog alone, and never shown."""

    kind: KeyKind
    value: str = field(repr=False)
    source: KeySource

    @property
    def defect(self) -> str | None:
        """Why Datadog need not even be asked; None where it may be a key."""
        if any(char.isspace() for char in self.value):
            return "It has a space or a line break inside; it was not copied as it is."
        if not self.value.isascii() or not self.value.isprintable():
            return "It has characters that no key has; it was not copied as it is."
        return f"It is longer than {LONGEST} characters; no key is." if len(self.value) > LONGEST else None

    @property
    def resembles(self) -> KeyKind | None:
        """The kind of key that this has the form of, where it has one."""
        digits = len(self.value) if re.fullmatch(r"[0-9a-f]+", self.value) else 0
        return next((kind for kind, count in _DIGITS.items() if count == digits), None)


@dataclass(frozen=True, slots=True)
class Keys:
    """Those that there are."""

    api: Key | None = None
    app: Key | None = None

    def headers(self) -> dict[str, str]:
        """What goes with each request; both keys may be left out."""
        named = (("DD-API-KEY", self.api), ("DD-APPLICATION-KEY", self.app))
        return {name: key.value for name, key in named if key is not None}

    def hidden_in(self, text: str) -> str:
        """Words of Datadog, from which the keys are taken out where they repeat them."""
        for key in (self.api, self.app):
            text = text.replace(key.value, "…") if key is not None else text
        return text
