"""A code-server that is started by hand, without VibeCode, for as long as it is compared."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def code_server(home: Path, *arguments: str | Path) -> AsyncGenerator[None]:
    """Without a sign-in; its files in `home`. In the end it is gone with all that it started."""
    process = await asyncio.create_subprocess_exec(
        *("code-server", "--auth", "none", *arguments),
        env={**os.environ, "HOME": str(home), "XDG_DATA_HOME": f"{home}/data", "XDG_CONFIG_HOME": f"{home}/config"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # it starts others, which do not end with it
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
