"""The settings for the terminal application: from the file and the environment, written into the file."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from cluster.datadog.keys import VARIABLES, Key, KeyKind
from launcher.datadog import datadog_keys
from launcher.errors import SettingError
from launcher.models import chosen_profile
from launcher.paths import Paths
from launcher.secrets import MODEL_KEY, Secrets
from launcher.settings import DEFAULT, LoadedSettings, Settings, checked, default, load, rule_of, variable
from launcher.settings_docs import descriptions
from launcher.settings_file import remove_setting, write_setting
from screens.settings.store import Secret, Setting, Source
from templates.errors import VibeCodeError

DATADOG_KEYS: dict[KeyKind, str] = {
    "api": "With it, metrics, logs and traces are sent to Datadog.",
    "app": "With it, monitors and dashboards are read and made in Datadog.",
}
AT_ONCE = "theme"
"""The setting that the terminal application goes by as soon as it is written."""


@dataclass(frozen=True, slots=True)
class FileSettings:
    """See `screens.settings.store.SettingsStore`; `loaded` is what this run began with."""

    paths: Paths
    environ: Mapping[str, str]
    loaded: LoadedSettings
    kept: Secrets

    @property
    def file(self) -> Path:
        return self.paths.config_file

    def read(self) -> tuple[Setting, ...]:
        docs = descriptions()
        now, in_file = load(self.file, self.environ), load(self.file, {})

        def setting(name: str, default_value: object) -> Setting:
            rule, value = rule_of(name), as_written(getattr(now.values, name))
            return Setting(
                name=name,
                description=docs[name],
                allowed=rule.allowed,
                variable=variable(name),
                value=value,
                source=_source(name, now),
                default=as_written(default_value),
                used=value if name == AT_ONCE else as_written(getattr(self.loaded.values, name)),
                written=None if in_file.sources[name] == DEFAULT else as_written(getattr(in_file.values, name)),
                choices=rule.choices,
            )

        return tuple(setting(one.name, default(one)) for one in fields(Settings))

    async def secrets(self) -> tuple[Secret, ...]:
        how = "vibecode models login, or export VIBECODE_AI_KEY=…"
        model = Secret(MODEL_KEY, "The key for the server whose models are asked.", how, await self._model_place())
        keys = await datadog_keys(self.kept, self.environ)
        return (model, _datadog(keys.api, "api"), _datadog(keys.app, "app"))

    async def _model_place(self) -> str | None:
        if self.environ.get(MODEL_KEY, "").strip():
            return "the environment"
        try:
            url = chosen_profile(self.loaded.values, self.paths).url
        except VibeCodeError:
            return None
        return f"the keyring, for {url}" if await self.kept.read(url) else None

    def problem(self, name: str, written: str) -> str:
        try:
            checked(name, written)
        except SettingError:
            return f"Allowed is {rule_of(name).allowed}."
        return ""

    def write(self, name: str, written: str) -> None:
        write_setting(self.file, name, written)

    def reset(self, name: str) -> None:
        remove_setting(self.file, name)


def as_written(value: object) -> str:
    """A value as it is typed: `true`, `8080`, `4Gi`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _source(name: str, loaded: LoadedSettings) -> Source:
    where = loaded.sources[name]
    return "default" if where == DEFAULT else "environment" if where == variable(name) else "file"


def _datadog(key: Key | None, kind: KeyKind) -> Secret:
    name = VARIABLES[kind]
    how = f"vibecode datadog key {kind}, or export {name}=…"
    return Secret(name, DATADOG_KEYS[kind], how, f"the {key.source}" if key else None)
