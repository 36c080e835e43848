"""What an editor says of its last browser, whatever it is that answers."""

from datetime import UTC, datetime

import pytest
from aiohttp import web

from cluster import ready


@pytest.mark.parametrize(
    ("status", "body", "beat"),
    [
        (200, '{"status": "alive", "lastHeartbeat": 1750000000000}', datetime.fromtimestamp(1_750_000_000, UTC)),
        (200, '{"status": "expired", "lastHeartbeat": 0}', None),
        (200, '{"status": "alive"}', None),
        (200, '{"lastHeartbeat": "soon"}', None),
        (200, '{"lastHeartbeat": 1e400}', None),
        (200, '{"lastHeartbeat": 1e300}', None),
        (200, "[]", None),
        (200, "<html>", None),
        (502, '{"lastHeartbeat": 1750000000000}', None),
    ],
)
async def test_the_last_heartbeat_is_a_time_or_unknown(status: int, body: str, beat: datetime | None) -> None:
    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(status=status, text=body)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        assert await ready.last_heartbeat(int(runner.addresses[0][1]), "shop.test") == beat
    finally:
        await runner.cleanup()


async def test_where_nothing_answers_it_is_unknown(unused_tcp_port: int) -> None:
    assert await ready.last_heartbeat(unused_tcp_port, "shop.test") is None
