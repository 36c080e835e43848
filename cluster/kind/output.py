"""What the lines that `docker pull` and `docker build` print without a terminal say about how far they are."""

import re
from dataclasses import dataclass, field
from textwrap import shorten

_LAYER = re.compile(r"(?P<id>[0-9a-f]{12}): (?P<state>.+)")
_CLASSIC = re.compile(r"Step (?P<number>\d+)/(?P<total>\d+) : (?P<text>.+)")
_CLASSIC_OWN = re.compile(r" --->|Removing intermediate container|Sending build context|Successfully (built|tagged) ")
_BUILDKIT = re.compile(r"#\d+ \[(?:\S+ )?(?P<number>\d+)/(?P<total>\d+)\] (?P<text>.+)")
_BUILDKIT_OUTPUT = re.compile(r"#\d+ \d+\.\d+ (?P<text>.*\S.*)")
_BUILDKIT_OWN = re.compile(r"#\d+ ")
_WIDTH = 100


@dataclass(slots=True)
class PullProgress:
    """Counts an image's layers: `0123456789ab: Pulling fs layer` until `0123456789ab: Pull complete`."""

    _layers: dict[str, bool] = field(default_factory=dict[str, bool])

    def read(self, line: str) -> tuple[str, float] | None:
        """Words and the fraction done; None for a line that is not about a layer."""
        if (match := _LAYER.fullmatch(line)) is None:
            return None
        self._layers[match["id"]] = match["state"] in ("Pull complete", "Already exists")
        done, total = sum(self._layers.values()), len(self._layers)
        return f"{done} of {total} layers", done / total


@dataclass(slots=True)
class BuildProgress:
    """Follows a Dockerfile's instructions, as the classic builder and BuildKit number them, and what they print."""

    _fraction: float = 0.0

    def read(self, line: str) -> tuple[str, float] | None:
        """An instruction or a line that it prints, and the fraction done; None for a line of the builder's own."""
        if match := _CLASSIC.fullmatch(line) or _BUILDKIT.fullmatch(line):
            self._fraction = max(self._fraction, (int(match["number"]) - 1) / int(match["total"]))
            return shorten(match["text"], _WIDTH), self._fraction
        if match := _BUILDKIT_OUTPUT.fullmatch(line):
            return shorten(match["text"], _WIDTH), self._fraction
        if not line.strip() or _BUILDKIT_OWN.match(line) or _CLASSIC_OWN.match(line):
            return None
        return shorten(line, _WIDTH), self._fraction
