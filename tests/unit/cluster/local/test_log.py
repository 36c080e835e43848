import asyncio
from pathlib import Path

from cluster.local.log import lines


async def test_all_the_last_or_none(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert [line async for line in lines(log)] == []
    log.write_bytes("one\ntwö\r\nthree".encode() + b"\xff")

    assert [line async for line in lines(log)] == ["one", "twö", "three�"]
    assert [line async for line in lines(log, tail=1)] == ["three�"]
    assert [line async for line in lines(log, tail=0)] == []


async def test_a_log_is_followed_into_the_next(tmp_path: Path) -> None:
    log, seen = tmp_path / "log", asyncio.Queue[str]()
    log.write_text("one\ntw")

    async def follow() -> None:
        async for line in lines(log, follow=True):
            seen.put_nowait(line)

    following = asyncio.ensure_future(follow())
    async with asyncio.timeout(10):
        assert await seen.get() == "one"
        with log.open("a") as file:
            file.write("o\nthr")
            file.flush()
            assert await seen.get() == "two"
            file.write("ee\n")
        assert await seen.get() == "three"
        log.rename(tmp_path / "log.1")
        log.write_text("four\n")
        assert await seen.get() == "four"
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
