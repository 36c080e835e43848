import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cluster.doctor.probe import Unknown, detached, measure
from cluster.errors import DockerDownError

ROOT = Path(__file__).parents[4]


async def test_a_probes_facts_pass_through() -> None:
    assert await measure(detached(lambda: 42), 5) == 42


async def test_a_probe_that_hangs_is_given_up() -> None:
    never = threading.Event()

    found = await measure(detached(never.wait), 0.05)

    assert found == Unknown("There was no answer within 0.05 s.")
    never.set()


async def test_a_probe_that_fails_says_so(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ZeroDivisionError("by nought")

    found = await measure(detached(fail), 5)

    assert found == Unknown("It could not be looked at: ZeroDivisionError: by nought")
    assert "by nought" in caplog.text


async def test_an_error_for_people_keeps_its_words_and_hint() -> None:
    async def fail() -> None:
        raise DockerDownError("Nothing answers.", hint="`start it`")

    assert await measure(fail(), 5) == Unknown("Nothing answers.", "`start it`")


async def test_cancelling_is_not_mistaken_for_a_failed_probe() -> None:
    never = threading.Event()
    task = asyncio.ensure_future(measure(detached(never.wait), 60))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    never.set()


def test_a_probe_that_hangs_does_not_delay_the_programs_end() -> None:
    program = (
        "import asyncio, threading\n"
        "from cluster.doctor.probe import detached, measure\n"
        "print(asyncio.run(measure(detached(threading.Event().wait), 0.05)))\n"
    )

    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30)

    assert ended.returncode == 0, ended.stderr
    assert "no answer within" in ended.stdout
