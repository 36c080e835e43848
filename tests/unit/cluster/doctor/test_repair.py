from collections.abc import Iterator

import pytest

from cluster.config import ClusterConfig
from cluster.doctor.check import Diagnosis, Subject
from cluster.doctor.kind import KIND, check_kind, probe_kind
from cluster.doctor.repair import repair
from cluster.errors import KindDownloadError
from templates.events import Event, StepDone, StepFailed, StepStarted
from tests.fakes.releases import Releases, serve_releases

MISSING = Diagnosis((KIND.failed("`kind` is not there.", "`fix`"),))


@pytest.fixture
def releases(monkeypatch: pytest.MonkeyPatch) -> Iterator[Releases]:
    monkeypatch.setenv("no_proxy", "*")
    with serve_releases() as served:
        yield served


async def test_an_absent_kind_is_downloaded_and_passes_after_that(config: ClusterConfig, releases: Releases) -> None:
    events = [event async for event in repair(config, MISSING, releases=releases.address)]

    assert isinstance(events[0], StepStarted)
    assert isinstance(events[-1], StepDone)
    assert str(config.home / "bin" / "kind") in (events[-1].note or "")
    assert check_kind(await probe_kind(config)).ok


@pytest.mark.parametrize(
    "diagnosis",
    [
        Diagnosis((KIND.passed("kind 0.33.0."),)),
        Diagnosis((KIND.passed("kind 0.33.0."), Subject("docker", "Docker").failed("No Docker.", "`install it`"))),
    ],
)
async def test_nothing_else_is_touched(config: ClusterConfig, releases: Releases, diagnosis: Diagnosis) -> None:
    assert [event async for event in repair(config, diagnosis, releases=releases.address)] == []
    assert releases.asked == []
    assert list(config.home.iterdir()) == []


async def test_a_download_that_fails_is_told_as_a_step_and_raised(config: ClusterConfig, releases: Releases) -> None:
    releases.status = 500
    events: list[Event] = []

    async def collect() -> None:
        async for event in repair(config, MISSING, releases=releases.address):
            events.append(event)

    with pytest.raises(KindDownloadError, match="500"):
        await collect()

    assert isinstance(events[-1], StepFailed)
    assert events[-1].error.code == "kind-download-failed"
