from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.doctor.kind import KindFacts, check_kind, probe_kind

KIND = Path("/usr/local/bin/kind")


@pytest.mark.parametrize(
    ("facts", "level", "detail"),
    [
        (KindFacts(KIND, "kind v0.33.0 go1.26.8 linux/amd64"), "ok", "Version 0.33.0 at /usr/local/bin/kind"),
        (KindFacts(KIND, "kind v0.32.0 go1.26.1 linux/amd64"), "ok", "0.32.0"),
        (KindFacts(KIND, "kind v0.34.0-alpha+d0 go1.26 linux/amd64"), "ok", "0.34.0"),
        (KindFacts(KIND, "kind v1.0.0 go1.30 darwin/arm64"), "ok", "1.0.0"),
        (KindFacts(KIND, "kind v0.31.9 go1.25.0 linux/amd64"), "failed", "too old; 0.32 is needed"),
        (KindFacts(KIND, ""), "failed", "no output"),
        (KindFacts(KIND, "Exec format error"), "failed", "Exec format error"),
        (KindFacts(None), "failed", "neither on PATH"),
    ],
)
def test_kind(facts: KindFacts, level: str, detail: str) -> None:
    check = check_kind(facts)

    assert (check.id, check.level) == ("kind", level)
    assert detail in check.detail
    assert ("`vibecode doctor --fix`" in check.hint) == (level != "ok")


def _program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o700)


async def test_the_probe_asks_kind_for_its_version(config: ClusterConfig) -> None:
    path = config.home / "bin" / "kind"
    _program(path, '#!/bin/sh\n[ "$1" = version ] && echo "kind v0.33.0 go1.26 linux/amd64"\n')

    assert await probe_kind(config) == KindFacts(path, "kind v0.33.0 go1.26 linux/amd64")


async def test_the_probe_tells_of_a_program_for_another_machine(config: ClusterConfig) -> None:
    _program(config.home / "bin" / "kind", "\x7fELF, but not for here")

    assert check_kind(await probe_kind(config)).level == "failed"


async def test_the_probe_finds_none(config: ClusterConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(config.home))

    assert await probe_kind(config) == KindFacts(None)
