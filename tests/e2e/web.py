"""Pages at workspaces' addresses, without a resolver that knows `*.localhost`."""

import asyncio
from urllib.parse import urlsplit

import httpx


async def fetch(url: str, **headers: str) -> httpx.Response:
    """One GET, sent to 127.0.0.1 with the address' own host name, on a connection of its own."""
    parts = urlsplit(url)
    target = parts._replace(netloc=f"127.0.0.1:{parts.port or 80}").geturl()
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        return await client.get(target, headers={"Host": parts.netloc, "Connection": "close", **headers})


async def until_served(url: str, *, within: float = 240.0, **headers: str) -> httpx.Response:
    """The first answer 200; what is started in a workspace may have to install itself first."""
    async with asyncio.timeout(within):
        while (answer := await fetch(url, **headers)).status_code != 200:
            await asyncio.sleep(0.2)
    return answer
