"""The settings as the terminal application is given them: each with its source; secrets as set or not set."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from launcher import paths
from launcher.errors import SettingError
from launcher.secrets import Place
from launcher.settings import load
from launcher.settings_store import FileSettings
from screens.settings.store import Setting


class Kept:
    """Secrets that are kept, and were asked for."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = dict(secrets)

    async def read(self, name: str) -> str | None:
        return self._secrets.get(name)

    async def place(self) -> Place:
        return "keyring"

    async def write(self, name: str, value: str) -> Place:
        raise AssertionError("nothing is written")

    async def delete(self, name: str) -> bool:
        raise AssertionError("nothing is deleted")


def store(
    home: Path, environ: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None
) -> FileSettings:
    environ = {"VIBECODE_HOME": str(home), **(environ or {})}
    found = paths.find(environ)
    return FileSettings(found, environ, load(found.config_file, environ), Kept(secrets or {}))


def named(settings: FileSettings, name: str) -> Setting:
    return next(one for one in settings.read() if one.name == name)


def test_each_value_with_where_it_comes_from(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('memory = "4Gi"\nbase_domain = "mine.localhost"\nopen_browser = false\n')
    settings = store(tmp_path, {"VIBECODE_BASE_DOMAIN": "dev.example.com"})

    memory, domain, port = named(settings, "memory"), named(settings, "base_domain"), named(settings, "http_port")
    assert (memory.value, memory.source, memory.written, memory.default) == ("4Gi", "file", "4Gi", "2Gi")
    assert (domain.value, domain.source, domain.written) == ("dev.example.com", "environment", "mine.localhost")
    assert (port.value, port.source, port.written) == ("0", "default", None)
    assert named(settings, "open_browser").value == "false"
    assert all(one.description and one.allowed for one in settings.read())


def test_few_words_to_choose_from_are_known(tmp_path: Path) -> None:
    settings = store(tmp_path)

    assert named(settings, "open_browser").choices == ("true", "false")
    assert "auto" in named(settings, "engine").choices
    assert named(settings, "memory").choices == ()


def test_what_is_written_counts_and_what_this_run_began_with_stays_known(tmp_path: Path) -> None:
    settings = store(tmp_path)
    settings.write("memory", "8Gi")
    written = named(settings, "memory")
    settings.reset("memory")

    assert (written.value, written.used, written.source) == ("8Gi", "2Gi", "file")
    assert (named(settings, "memory").value, named(settings, "memory").source) == ("2Gi", "default")


def test_this_run_goes_by_a_new_theme_at_once(tmp_path: Path) -> None:
    settings = store(tmp_path)
    settings.write("theme", "light")

    assert (named(settings, "theme").value, named(settings, "theme").used) == ("light", "light")


def test_a_value_is_judged_before_it_is_written(tmp_path: Path) -> None:
    settings = store(tmp_path)

    assert settings.problem("memory", "8Gi") == ""
    assert settings.problem("memory", "8").startswith("Allowed is a size")


def test_a_file_that_was_broken_meanwhile_is_said(tmp_path: Path) -> None:
    settings = store(tmp_path)
    settings.file.write_text("memory = ")

    with pytest.raises(SettingError, match="not valid TOML"):
        settings.read()


@pytest.mark.parametrize(
    ("environ", "secrets", "place"),
    [
        ({}, {}, None),
        ({"VIBECODE_AI_KEY": "sk-hidden"}, {}, "the environment"),
        ({"VIBECODE_AI_KEY": " "}, {}, None),
        ({}, {"https://openrouter.ai/api/v1": "sk-hidden"}, "the keyring, for https://openrouter.ai/api/v1"),
    ],
)
async def test_of_a_secret_only_its_place_is_told(
    tmp_path: Path, environ: Mapping[str, str], secrets: Mapping[str, str], place: str | None
) -> None:
    found = await store(tmp_path, environ, secrets).secrets()

    assert {one.name: one.place for one in found} == {"VIBECODE_AI_KEY": place, "DD_API_KEY": None, "DD_APP_KEY": None}
    assert "sk-hidden" not in repr(found)


@pytest.mark.parametrize(
    ("environ", "secrets", "place"),
    [
        ({"DD_APP_KEY": "hidden"}, {"DD_APP_KEY": "kept"}, "the environment"),
        ({"DD_APP_KEY": " "}, {"DD_APP_KEY": "hidden"}, "the keyring"),
        ({}, {"DD_API_KEY": "hidden"}, None),
    ],
)
async def test_of_datadog_s_keys_too(
    tmp_path: Path, environ: Mapping[str, str], secrets: Mapping[str, str], place: str | None
) -> None:
    [found] = [one for one in await store(tmp_path, environ, secrets).secrets() if one.name == "DD_APP_KEY"]

    assert found.place == place
    assert "vibecode datadog key app" in found.how
    assert "hidden" not in repr(found)
