import asyncio
import os
import signal
import subprocess
import sys

import pytest

from cluster.local.ending import end, gone
from cluster.local.processes import Identity, belonging, identify, lives, parse_ps, parse_stat, send


def started(*command: str, **env: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, env={**os.environ, **env}, start_new_session=True, stdout=subprocess.PIPE)


def test_a_process_is_known_by_its_start() -> None:
    with started("sleep", "600") as process:
        identity = identify(process.pid)
        assert identity is not None
        assert lives(identity)
        assert not lives(Identity(process.pid, identity.started + "0"))
        process.kill()
    assert not lives(identity)


def test_one_that_ended_and_was_not_waited_for_does_not_live() -> None:
    with started("true") as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert identify(process.pid) is None


def test_a_signal_does_not_reach_another_with_the_same_number() -> None:
    with started("sleep", "600") as process:
        assert not send(Identity(process.pid, "another start"), signal.SIGKILL)
        assert process.poll() is None
        process.kill()


FLIGHT = """
import os, time
print("off", flush=True)
while True:
    time.sleep(0.002)
    if os.fork():
        os._exit(0)
"""


def test_one_that_hands_over_to_a_child_all_the_time_is_found_at_every_look() -> None:
    """A host does so once, when it is started."""
    with started(sys.executable, "-I", "-S", "-c", FLIGHT, MARK="in flight") as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = [belonging("MARK", "in flight") for _ in range(50)]
        asyncio.run(end(lambda: belonging("MARK", "in flight"), grace=0))
    assert all(found)


def test_belonging_finds_marks_descendants_and_sessions_but_not_other_marks() -> None:
    script = "env -i sleep 600 & env -i setsid sleep 600 & MARK=other sleep 600 & echo up; wait"
    with started("sh", "-c", script, MARK="mine") as process, started("sleep", "600", MARK="other") as stranger:
        assert process.stdout is not None
        process.stdout.readline()

        async def until_three() -> list[Identity]:
            async with asyncio.timeout(10):
                while len(found := belonging("MARK", "mine")) != 3:
                    await asyncio.sleep(0.01)
            return found

        found = asyncio.run(until_three())
        others = belonging("MARK", "other")
        asyncio.run(end(lambda: belonging("MARK", "mine")))

        assert process.pid in [one.pid for one in found]
        assert stranger.pid in [one.pid for one in others]
        assert stranger.poll() is None
        asyncio.run(end(lambda: belonging("MARK", "other")))


async def test_what_takes_no_signal_is_ended_after_the_grace() -> None:
    with started("sh", "-c", "trap '' TERM HUP; echo up; exec sleep 600") as process:
        assert process.stdout is not None
        process.stdout.readline()
        identity = identify(process.pid)
        assert identity is not None

        await end(lambda: [identity] if lives(identity) else [], grace=0.1)

        assert process.wait() == -signal.SIGKILL


async def test_the_end_of_a_process_that_is_no_child_is_seen() -> None:
    with started("sh", "-c", "sleep 600 & echo $!") as process:
        assert process.stdout is not None
        identity = identify(int(process.stdout.readline()))
    assert identity is not None
    seen = asyncio.ensure_future(gone(identity))
    await asyncio.sleep(0)
    assert not seen.done()

    send(identity, signal.SIGKILL)

    await asyncio.wait_for(seen, 5)


@pytest.mark.parametrize("name", ["sh", "a name", "a) S 1 (b", ")"])
def test_a_stat_line_is_read_whatever_the_name(name: str) -> None:
    rest = " ".join(["S", "7", "8", "9", *["0"] * 15, "4711", "0"])

    found = parse_stat(f"42 ({name}) {rest}", "boot")

    assert (found.identity, found.parent, found.session, found.zombie) == (Identity(42, "boot 4711"), 7, 9, False)


def test_a_line_of_ps_is_read() -> None:
    found = parse_ps("  42     7      0 S+   Mon Nov 23 05:41:00 2026    ")

    assert (found.identity, found.parent, found.zombie) == (Identity(42, "Mon Nov 23 05:41:00 2026"), 7, False)
