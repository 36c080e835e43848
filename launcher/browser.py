"""The person's browser: whether there is one to open, and opening it."""

import asyncio
import sys
import threading
from collections.abc import Callable, Mapping

PATIENCE = 10.0
"""Seconds that a browser may take to say that it has started."""


def obstacle(environ: Mapping[str, str], *, terminal: bool, platform: str = sys.platform) -> str | None:
    """Why no browser can be opened, in words; None where one can. `BROWSER` says that there is one in any case."""
    if environ.get("CI"):
        return "this is a CI job"
    if not terminal:
        return "there is no terminal"
    if any(environ.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")):
        return None
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return "this is an SSH session without a display"
    return None if platform == "darwin" or environ.get("WSL_DISTRO_NAME") else "there is no display"


def open_url(url: str) -> bool:
    """Opens the URL in the default browser; whether that was possible. May block as long as the browser runs."""
    import webbrowser

    try:
        return webbrowser.open(url)
    except (webbrowser.Error, OSError):
        return False


async def browse(url: str, opener: Callable[[str], bool]) -> bool:
    """Opens the URL beside everything else; a browser that does not come back is left to itself."""
    loop = asyncio.get_running_loop()
    opened = loop.create_future()

    def report(result: bool) -> None:
        if not opened.done():
            opened.set_result(result)

    def work() -> None:
        result = opener(url)
        try:
            loop.call_soon_threadsafe(report, result)
        except RuntimeError:  # nobody waits any more
            return

    threading.Thread(target=work, name="browser", daemon=True).start()
    try:
        return await asyncio.wait_for(opened, PATIENCE)
    except TimeoutError:
        return True
