"""How well each model's edits have found their place on this machine, which chooses the format of its next ones."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from launcher.paths import private_folder, private_opener

if TYPE_CHECKING:
    from templates.edits.formats import EditFormat, Experience

RECENT = 50
"""Edits after which older ones begin to count less."""


@dataclass(frozen=True, slots=True)
class ExperienceFile:
    """A small file; one that cannot be read is no experience."""

    file: Path

    def of(self, model: str) -> "Mapping[EditFormat, Experience]":
        from templates.edits.formats import Experience

        known = self._read().get(model, {})
        styles: tuple[EditFormat, ...] = ("blocks", "whole")
        return {style: Experience(*known[style]) for style in styles if style in known}

    def add(self, model: str, style: "EditFormat", placed: int, failed: int) -> None:
        """Blocking; a small write that another may undo, which costs no more than this turn's experience."""
        if placed + failed == 0:
            return
        everything = self._read()
        before = everything.setdefault(model, {}).get(style, (0, 0))
        share = min(1.0, RECENT / max(1, sum(before)))
        everything[model][style] = (round(before[0] * share) + placed, round(before[1] * share) + failed)
        partial = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        private_folder(self.file.parent)
        with open(partial, "w", encoding="utf-8", opener=private_opener) as file:
            json.dump(everything, file)
        partial.replace(self.file)

    def _read(self) -> dict[str, dict[str, tuple[int, int]]]:
        try:
            values: Any = json.loads(self.file.read_bytes())
            return {
                str(model): {str(style): (int(pair[0]), int(pair[1])) for style, pair in styles.items()}
                for model, styles in values.items()
            }
        except (OSError, ValueError, AttributeError, TypeError, IndexError):
            return {}
