"""Secrets: in the system's keyring where there is one, else for this run only; never in a file of ours."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

log = logging.getLogger(__name__)

SERVICE = "vibecode"
MODEL_KEY = "VIBECODE_AI_KEY"

Place = Literal["keyring", "run"]
"""Where a secret is kept: until it is deleted, or until this program ends."""


class Secrets(Protocol):
    """Secrets by name, such as the address of the server that a key is for."""

    async def read(self, name: str) -> str | None: ...

    async def place(self) -> Place:
        """Where a secret would be kept."""
        ...

    async def write(self, name: str, value: str) -> Place:
        """Keeps it in the best place that there is, and answers which."""
        ...

    async def delete(self, name: str) -> bool:
        """Whether there was one."""
        ...


@dataclass(slots=True)
class KeyringSecrets:
    """The keyring may ask the person to unlock it, and may take its time: it is asked in a thread."""

    _of_this_run: dict[str, str] = field(default_factory=dict[str, str], repr=False)

    async def read(self, name: str) -> str | None:
        if name in self._of_this_run:
            return self._of_this_run[name]
        return await asyncio.to_thread(_read, name)

    async def place(self) -> Place:
        return "keyring" if await asyncio.to_thread(_has_keyring) else "run"

    async def write(self, name: str, value: str) -> Place:
        if await asyncio.to_thread(_write, name, value):
            self._of_this_run.pop(name, None)
            return "keyring"
        self._of_this_run[name] = value
        return "run"

    async def delete(self, name: str) -> bool:
        there = self._of_this_run.pop(name, None) is not None
        return await asyncio.to_thread(_delete, name) or there


async def model_key(url: str, secrets: Secrets, environ: Mapping[str, str]) -> str | None:
    """The key for the server at `url`: what VIBECODE_AI_KEY says, else what is kept for this server."""
    return environ.get(MODEL_KEY, "").strip() or await secrets.read(url)


def _has_keyring() -> bool:
    import keyring
    from keyring.backends import fail

    return not isinstance(keyring.get_keyring(), fail.Keyring)


def _read(name: str) -> str | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, name)
    except KeyringError as error:
        log.info("the keyring was not read: %s", type(error).__name__)
        return None


def _write(name: str, value: str) -> bool:
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, name, value)
    except KeyringError as error:
        log.info("the keyring was not written: %s", type(error).__name__)
        return False
    return True


def _delete(name: str) -> bool:
    import keyring
    from keyring.errors import KeyringError

    try:
        if keyring.get_password(SERVICE, name) is None:
            return False
        keyring.delete_password(SERVICE, name)
    except KeyringError as error:
        log.info("the keyring was not changed: %s", type(error).__name__)
        return False
    return True
