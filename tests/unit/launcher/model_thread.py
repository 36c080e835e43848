"""The scripted model server beside a command line that has an event loop of its own."""

import asyncio
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.fakes.model_server import ModelServer, Script, serving

PRICED = {
    "id": "some/model",
    "name": "Some model",
    "context_length": 128000,
    "pricing": {"prompt": "0.000001", "completion": "0.000002"},
}


@contextmanager
def model_server(*script: Script, models: Sequence[dict[str, Any]] = (PRICED,)) -> Generator[ModelServer]:
    """Serves in a thread until the block is left."""
    ready, done = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    servers: list[ModelServer] = []

    async def serve() -> None:
        async with serving(*script, models=models) as server:
            servers.append(server)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait()
    try:
        yield servers[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()
