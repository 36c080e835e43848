"""Whether there is a `kind` that can make today's nodes."""

import re
from dataclasses import dataclass
from pathlib import Path

from cluster import process
from cluster.config import ClusterConfig
from cluster.doctor.check import Check, Subject
from cluster.kind.download import find_kind

KIND = Subject("kind", "kind")

MINIMUM = (0, 32)
"""Older ones cannot load images into nodes of Kubernetes 1.36 and later (release notes of kind v0.32.0)."""

_FIX = "`vibecode doctor --fix` downloads it with its checksum; or install it from https://kind.sigs.k8s.io."
_VERSION = re.compile(r"kind v?(\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class KindFacts:
    """Where `kind` is, and what it said its version is; None and empty where there is none."""

    path: Path | None
    said: str = ""


async def probe_kind(config: ClusterConfig) -> KindFacts:
    path = find_kind(config)
    if path is None:
        return KindFacts(None)
    try:
        ended = await process.run(str(path), "version")
    except OSError as error:  # made for another machine, or not a program
        return KindFacts(path, str(error))
    return KindFacts(path, ended.stdout.strip() or " ".join(ended.stderr))


def check_kind(facts: KindFacts) -> Check:
    if facts.path is None:
        return KIND.failed("`kind` is neither on PATH nor among VibeCode's own programs.", _FIX)
    if not (match := _VERSION.match(facts.said)):
        return KIND.failed(f"{facts.path} does not tell its version: {facts.said or 'no output'}.", _FIX)
    version = tuple(int(part) for part in match.groups())
    told = f"Version {'.'.join(match.groups())} at {facts.path}"
    if version < MINIMUM:
        return KIND.failed(f"{told} is too old; {'.'.join(map(str, MINIMUM))} is needed.", _FIX)
    return KIND.passed(f"{told}.")
