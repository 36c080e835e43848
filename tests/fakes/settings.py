"""Settings that are kept in memory, with the same rules as the real ones."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from launcher.errors import SettingError
from screens.settings.store import Secret, Setting
from templates.errors import VibeCodeError

SIZE = "a size with its unit: Mi, Gi or Ti, such as `10Gi`"


def some_settings() -> dict[str, Setting]:
    """One from each source, one of a few words, one that this run does not follow yet."""
    engines = ("auto", "kind", "local")
    settings = (
        Setting(
            "engine",
            "Where new workspaces live: `kind`, a cluster in Docker; `local`, processes of yours; `auto` chooses.",
            "one of auto, kind, local",
            "VIBECODE_ENGINE",
            *("auto", "default", "auto", "auto"),
            choices=engines,
        ),
        Setting(
            "base_domain",
            "The domain below which each workspace has its host name; it must lead to this machine.",
            "a domain name in lower case",
            "VIBECODE_BASE_DOMAIN",
            *("dev.example.com", "environment", "vibecode.localhost", "dev.example.com"),
            written="mine.localhost",
        ),
        Setting(
            "memory",
            "The most memory that a workspace may use.",
            SIZE,
            "VIBECODE_MEMORY",
            *("4Gi", "file", "2Gi", "2Gi"),
            written="4Gi",
        ),
        Setting(
            "workspace_image",
            "An image of your own that workspaces run; empty: one is built, with Python and Node in it.",
            "an image reference such as `registry.example/name:tag`, or nothing",
            "VIBECODE_WORKSPACE_IMAGE",
            *("", "default", "", ""),
        ),
        Setting(
            "open_browser",
            "Whether `new`, `import` and `open` open the browser; `--no-open` says no for once.",
            "true or false",
            "VIBECODE_OPEN_BROWSER",
            *("true", "default", "true", "true"),
            choices=("true", "false"),
        ),
        Setting(
            "theme",
            "The terminal application's colours.",
            "one of auto, dark, light, contrast, terminal",
            "VIBECODE_THEME",
            *("auto", "default", "auto", "auto"),
            choices=("auto", "dark", "light", "contrast", "terminal"),
        ),
    )
    return {one.name: one for one in settings}


SECRETS = (
    Secret(
        "VIBECODE_AI_KEY",
        "The key for the server whose models are asked.",
        "vibecode models login",
        "the keyring, for https://openrouter.ai/api/v1",
    ),
    Secret("DD_API_KEY", "With it, metrics, logs and traces are sent to Datadog.", "export DD_API_KEY=…"),
)


@dataclass
class FakeSettings:
    """See `screens.settings.store.SettingsStore`; `error` is what reading and writing meet."""

    file: Path = Path("/home/you/.config/vibecode/config.toml")
    settings: dict[str, Setting] = field(default_factory=some_settings)
    error: VibeCodeError | None = None

    def read(self) -> tuple[Setting, ...]:
        self._meet()
        return tuple(self.settings.values())

    async def secrets(self) -> tuple[Secret, ...]:
        return SECRETS

    def problem(self, name: str, written: str) -> str:
        one = self.settings[name]
        allowed = written in one.choices if one.choices else written == written.strip() and len(written) < 100
        return "" if allowed else f"Allowed is {one.allowed}."

    def write(self, name: str, written: str) -> None:
        self._meet()
        if problem := self.problem(name, written):
            raise SettingError(problem)
        self._put(replace(self.settings[name], written=written))

    def reset(self, name: str) -> None:
        self._meet()
        self._put(replace(self.settings[name], written=None))

    def _put(self, one: Setting) -> None:
        if one.source != "environment":
            here = one.written is not None
            one = replace(one, value=one.written if here else one.default, source="file" if here else "default")
        self.settings[one.name] = one

    def _meet(self) -> None:
        if self.error is not None:
            raise self.error
