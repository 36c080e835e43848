"""What the doctor mends by itself: what needs no root and touches nothing but our own folder.

Starting a stopped cluster and choosing other ports is the engine's work: `vibecode up` does both.
"""

from collections.abc import AsyncIterator

from cluster.config import ClusterConfig
from cluster.doctor.check import Diagnosis
from cluster.doctor.kind import KIND
from cluster.kind.download import RELEASES, VERSION, download_kind
from templates.events import Event, Steps, stream


def repair(config: ClusterConfig, diagnosis: Diagnosis, *, releases: str = RELEASES) -> AsyncIterator[Event]:
    """Downloads `kind` where it is absent or too old; no events where nothing can be mended. Examine again after it.

    `releases` is the address of the releases. Raises KindDownloadError.
    """

    async def work(steps: Steps) -> None:
        if any(check.id == KIND.id and not check.ok for check in diagnosis.checks):
            async with steps.step("kind", f"Downloading kind {VERSION}", expected=10) as step:
                path = await download_kind(config, step, releases=releases)
                step.note = f"{path}, as published"

    return stream(work)
