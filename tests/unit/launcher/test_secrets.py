"""Secrets in the system's keyring, and where there is none."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import KeyringLocked, PasswordDeleteError

from launcher.secrets import SERVICE, KeyringSecrets

URL = "https://openrouter.ai/api/v1"


class MemoryKeyring(KeyringBackend):
    """`locked` stands for a keyring that the person does not unlock."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.values.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.values[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.values.pop((service, username), None) is None:
            raise PasswordDeleteError

    def _check(self) -> None:
        if self.locked:
            raise KeyringLocked


@pytest.fixture
def own_keyring() -> Iterator[MemoryKeyring]:
    before, own = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


@pytest.fixture
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


async def test_a_secret_is_kept_in_the_keyring_until_it_is_deleted(own_keyring: MemoryKeyring) -> None:
    assert await KeyringSecrets().place() == "keyring"
    assert await KeyringSecrets().write(URL, "secret") == "keyring"
    assert own_keyring.values == {(SERVICE, URL): "secret"}
    assert await KeyringSecrets().read(URL) == "secret"
    assert await KeyringSecrets().delete(URL) is True
    assert await KeyringSecrets().read(URL) is None
    assert await KeyringSecrets().delete(URL) is False


@pytest.mark.usefixtures("no_keyring")
async def test_without_a_keyring_a_secret_is_kept_for_this_run_alone() -> None:
    secrets = KeyringSecrets()
    assert await secrets.place() == "run"
    assert await secrets.write(URL, "secret") == "run"
    assert await secrets.read(URL) == "secret"
    assert "secret" not in repr(secrets)
    assert await KeyringSecrets().read(URL) is None
    assert await secrets.delete(URL) is True
    assert await secrets.read(URL) is None


async def test_a_keyring_that_stays_locked_is_as_good_as_none(own_keyring: MemoryKeyring) -> None:
    own_keyring.locked = True
    secrets = KeyringSecrets()
    assert await secrets.read(URL) is None
    assert await secrets.write(URL, "secret") == "run"
    assert await secrets.read(URL) == "secret"
    own_keyring.locked = False
    assert await secrets.write(URL, "newer") == "keyring"
    assert await secrets.read(URL) == "newer"
    assert await secrets.delete(URL) is True
