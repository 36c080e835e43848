"""Where tasks are kept: one JSON file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Task:
    text: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Store:
    path: Path

    def read(self) -> list[Task]:
        """All tasks in their order; none where the file is not there yet."""
        if not self.path.exists():
            return []
        return [Task(**task) for task in json.loads(self.path.read_text(encoding="utf-8"))]

    def write(self, tasks: list[Task]) -> None:
        self.path.write_text(json.dumps([asdict(task) for task in tasks], indent=2), encoding="utf-8")
