"""`Secrets` in memory; with `kept_in="run"`, as on a machine without a keyring."""

from dataclasses import dataclass, field

from launcher.secrets import Place


@dataclass
class MemorySecrets:
    kept_in: Place = "keyring"
    values: dict[str, str] = field(default_factory=dict[str, str])

    async def read(self, name: str) -> str | None:
        return self.values.get(name)

    async def place(self) -> Place:
        return self.kept_in

    async def write(self, name: str, value: str) -> Place:
        self.values[name] = value
        return self.kept_in

    async def delete(self, name: str) -> bool:
        return self.values.pop(name, None) is not None
