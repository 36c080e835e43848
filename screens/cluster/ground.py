"""All that is known of the ground, by the keys of the list's rows: an engine's name, the doctor, one of its checks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from textual.content import Content

from cluster.doctor.check import Check
from cluster.engine import Activity, Capability, EngineName
from screens.cluster import doctor, presenter
from screens.cluster.doctor import Examination
from screens.store import EngineView, Snapshot

DOCTOR = "doctor"
CHECK = "check:"
"""Before a check's id."""
ALIVE = ("running", "starting")
"""The states of an engine in which something may run."""

Lacks = Mapping[EngineName, Mapping[Capability, str]]


@dataclass(frozen=True, slots=True)
class Ground:
    """`lacks` and `activity` have what is known of each engine, `examination` what the doctor found."""

    snapshot: Snapshot = field(default_factory=Snapshot)
    lacks: Lacks = field(default_factory=dict[EngineName, Mapping[Capability, str]])
    activity: Mapping[EngineName, Activity] = field(default_factory=dict[EngineName, Activity])
    examination: Examination = field(default_factory=Examination)

    @property
    def keys(self) -> list[str]:
        checks = [f"{CHECK}{check.id}" for check in self.examination.checks]
        return [*(view.name for view in self.snapshot.engines), DOCTOR, *checks]

    def view(self, key: str) -> EngineView | None:
        return next((view for view in self.snapshot.engines if view.name == key), None)

    def check(self, key: str) -> Check | None:
        return self.examination.check(key.removeprefix(CHECK)) if key.startswith(CHECK) else None

    def subject(self, key: str) -> EngineView | None:
        """The engine that `up` is for: the row's, or where a check asks for it, that of kind."""
        check = self.check(key)
        if check is not None and doctor.UP in doctor.lines_of(check):
            return self.snapshot.engine("kind")
        return self.view(key)

    def alive(self, name: EngineName) -> bool:
        view = self.view(name)
        return view is not None and view.status is not None and view.status.state in ALIVE

    def row(self, key: str, width: int, now: datetime) -> Content | None:
        if key == DOCTOR:
            return doctor.head(self.examination, width, now)
        if (check := self.check(key)) is not None:
            return doctor.row(check, width)
        view = self.view(key)
        return presenter.row(view, width) if view is not None else None

    def detail(self, key: str, width: int, now: datetime) -> Content:
        if key == DOCTOR:
            return doctor.summary(self.examination, now)
        if (check := self.check(key)) is not None:
            return doctor.detail(check)
        if (view := self.view(key)) is None:
            return Content("")
        reason = self.snapshot.reason if view.name == self.snapshot.chosen else ""
        lacks = {str(what): why for what, why in self.lacks.get(view.name, {}).items()}
        return presenter.detail(view, reason, lacks, width, now)

    def happens(self, key: str) -> bool:
        """Whether there is something to tell of what runs and what happened."""
        view = self.view(key)
        return view is not None and view.name in self.activity and (self.alive(view.name) or view.stale)

    def happened(self, key: str, width: int, now: datetime) -> Content:
        view = self.view(key)
        if view is None or not self.happens(key):
            return Content("")
        return presenter.activity(self.activity[view.name], width, now, stale=view.stale)
