"""What the doctor answers: checks, each with a level and, where something is amiss, the line that mends it."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `hint` is empty where, and only where, the level is ok."""

    id: str
    title: str
    level: Level
    detail: str
    hint: str = ""

    @property
    def ok(self) -> bool:
        """Whether a cluster can run in spite of it: true of a warning too."""
        return self.level != "failed"

    def as_dict(self) -> dict[str, str | bool]:
        return {"id": self.id, "ok": self.ok, "title": self.title, "detail": self.detail, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a check is about: makes its outcomes."""

    id: str
    title: str

    def passed(self, detail: str) -> Check:
        return Check(self.id, self.title, "ok", detail)

    def warned(self, detail: str, hint: str) -> Check:
        return Check(self.id, self.title, "warning", detail, hint)

    def failed(self, detail: str, hint: str) -> Check:
        return Check(self.id, self.title, "failed", detail, hint)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All checks, in the order in which a person would mend them."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def as_dict(self) -> dict[str, object]:
        return {"ok": self.ok, "checks": [check.as_dict() for check in self.checks]}
