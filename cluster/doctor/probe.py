"""Probes gather facts; none may hang or end the doctor."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from templates.errors import VibeCodeError

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unknown:
    """What a probe that failed leaves instead of facts: why, and what can be done."""

    reason: str
    hint: str = "Run `vibecode doctor` again; the log file has the details."


async def measure(probe: Awaitable[T], seconds: float) -> T | Unknown:
    """The probe's facts, or why there are none after at most `seconds`."""
    try:
        return await asyncio.wait_for(probe, seconds)
    except TimeoutError:
        return Unknown(f"There was no answer within {seconds:g} s.")
    except VibeCodeError as error:
        return Unknown(error.detail, error.hint)
    except Exception as error:
        log.exception("a probe failed")
        return Unknown(f"It could not be looked at: {type(error).__name__}: {error}")


async def detached(work: Callable[[], T]) -> T:
    """What `work` returns, from a daemon thread: one that never returns delays neither us nor the program's end."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(action: Callable[[], None]) -> None:
        if not future.done():
            action()

    def run() -> None:
        try:
            action = partial(future.set_result, work())
        except Exception as error:
            action = partial(future.set_exception, error)
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, action)

    threading.Thread(target=run, name="probe", daemon=True).start()
    return await future
