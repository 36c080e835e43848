"""Servers of models by name: those that many people have, and the person's own, kept in one file."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from templates.models.errors import ProfileError
from templates.models.server import OPENROUTER, base_url
from templates.text import has_controls

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")


@dataclass(frozen=True, slots=True)
class Profile:
    """A server's name and address, and the model that is asked there; empty: the only one that it has."""

    name: str
    url: str
    model: str = ""


BUILT_IN = {
    one.name: one
    for one in (
        Profile("openrouter", OPENROUTER, "~anthropic/claude-sonnet-latest"),
        Profile("ollama", "http://localhost:11434/v1"),
        Profile("llama.cpp", "http://localhost:8080/v1"),
        Profile("lm-studio", "http://localhost:1234/v1"),
        Profile("vllm", "http://localhost:8000/v1"),
    )
}


@dataclass(frozen=True, slots=True)
class Profiles:
    """All by name, the built-in ones as the person changed them; `chosen` is the one in use."""

    chosen: str = "openrouter"
    by_name: Mapping[str, Profile] = field(default_factory=lambda: dict(BUILT_IN))

    def named(self, name: str) -> Profile:
        if name not in self.by_name:
            raise ProfileError(f"There is no profile {name!r}; there are {', '.join(self.by_name)}.")
        return self.by_name[name]

    @property
    def current(self) -> Profile:
        return self.named(self.chosen)

    def using(self, profile: Profile) -> "Profiles":
        """These, with this profile added or changed, and in use."""
        if not _NAME.fullmatch(profile.name):
            hint = "Use lower-case letters, digits, dots and hyphens: `my-server`."
            raise ProfileError(f"{profile.name[:60]!r} cannot be a profile's name.", hint=hint)
        if has_controls(profile.model):
            raise ProfileError("A model's name has no control characters.")
        checked = Profile(profile.name, base_url(profile.url), profile.model)
        return Profiles(profile.name, {**self.by_name, profile.name: checked})


def read_profiles(file: Path) -> Profiles:
    """The built-in profiles with what the file says; ProfileError where the file is not one of ours."""
    try:
        table = json.loads(file.read_bytes())
        profiles = Profiles()
        for name, one in cast("dict[str, dict[str, Any]]", table["profiles"]).items():
            profiles = profiles.using(Profile(name, one["url"], one["model"]))
        return Profiles(profiles.named(table["chosen"]).name, profiles.by_name)
    except FileNotFoundError:
        return Profiles()
    except OSError as error:
        raise ProfileError(f"{file} cannot be read: {error.strerror}.") from error
    except (ProfileError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        hint = f"Mend {file}, or remove it to have the built-in profiles alone."
        raise ProfileError(f"{file} does not hold profiles: {error}", hint=hint) from error


def write_profiles(file: Path, profiles: Profiles) -> None:
    """Keeps what differs from the built-in ones; whole or not at all."""
    own = {name: one for name, one in profiles.by_name.items() if BUILT_IN.get(name) != one}
    table = {
        "chosen": profiles.chosen,
        "profiles": {name: {"url": one.url, "model": one.model} for name, one in own.items()},
    }
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(new, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
            out.write(json.dumps(table, indent=2) + "\n")
        new.replace(file)
    except OSError as error:
        raise ProfileError(f"{file} cannot be written: {error.strerror}.") from error
