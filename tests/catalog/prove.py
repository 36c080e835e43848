"""The proof of one template: it installs, is linted and tested, runs, answers, and shows a change."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from time import monotonic

from templates.catalog import Template
from templates.render import render
from tests.catalog.place import Answer, Page, Place, Running
from tests.catalog.proofs import Proof

PATIENCE = 600
"""Seconds that one command may take."""
SIGHT = 90
"""Seconds within which something must be seen, once what shows it was started or changed."""

_ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_=>])")


class NotProvenError(Exception):
    """What went wrong in a step, in words and with the end of what was printed."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a proof found: each step's seconds, None where the template does not have it or it was not reached."""

    template: str
    place: str
    install: float | None = None
    lint: float | None = None
    test: float | None = None
    run: float | None = None
    change: float | None = None
    failed: str = ""
    unproven: str = ""

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


async def prove(template: Template, proof: Proof, place: Place) -> Record:
    """Takes the template through all that a person would do with it first; a failed step ends the proof."""
    project = render(template, {"name": "proof"})
    manifest = project.manifest
    await place.put(project)
    times: dict[str, float] = {}
    step = "install"
    try:
        for step, command in (("install", manifest.install), ("lint", manifest.lint), ("test", manifest.test)):
            if command:
                times[step] = await _timed(_ends_well(place, command))
        step = "run"
        if manifest.run and proof.shows:
            if manifest.ports:
                await _served(place, manifest.run, manifest.ports, proof, times)
            else:
                await _printed(place, manifest.run, proof, times)
    except (NotProvenError, TimeoutError) as error:
        what = f"nothing within {PATIENCE} s" if isinstance(error, TimeoutError) else str(error)
        step = "change" if step == "run" and "run" in times else step
        return Record(template.id, place.name, **times, failed=f"{step}: {what}", unproven=proof.unproven)
    return Record(template.id, place.name, **times, unproven=proof.unproven)


async def _timed(work: Awaitable[object]) -> float:
    start = monotonic()
    async with asyncio.timeout(PATIENCE):
        await work
    return round(monotonic() - start, 2)


async def _ends_well(place: Place, command: str) -> str:
    ended = await place.run(command)
    if ended.code:
        raise NotProvenError(f"`{command}` ended with {ended.code}\n{_end_of(ended.output)}")
    return ended.output


async def _prints(place: Place, command: str, text: str) -> None:
    output = await _ends_well(place, command)
    if text not in output:
        raise NotProvenError(f"`{command}` does not print {text!r}\n{_end_of(output)}")


async def _served(place: Place, command: str, ports: tuple[int, ...], proof: Proof, times: dict[str, float]) -> None:
    for port in ports:
        if await place.get(port, "/") is not None:
            raise NotProvenError(f"something else answers on port {port}")
    async with place.start(command) as running:

        async def answers(path: str, text: str) -> None:
            """Until `path` answers well and with `text`: a server that is starting, or again, may say no."""
            last: Answer | None = None

            async def good() -> bool:
                nonlocal last
                last = await place.get(ports[0], path)
                return last is not None and last.status < 400 and text in last.body

            await _until(running, good, lambda: f"{path} does not show {text!r} but {last}")

        async def reads(page: Page, text: str) -> None:
            last = ""

            async def shown() -> bool:
                nonlocal last
                last = await page.text()
                return text in last

            await _until(running, shown, lambda: f"the page does not show {text!r} but {last!r}")

        async with AsyncExitStack() as stack:
            page: Page | None = None

            async def first() -> None:
                nonlocal page
                await answers(proof.path, "" if proof.page else proof.shows)
                if proof.health:
                    await answers(proof.health, "")
                if proof.page:
                    page = await stack.enter_async_context(place.browse(ports[0], proof.path))
                    await reads(page, proof.shows)

            times["run"] = await _timed(first())
            await _change(place, proof)
            if proof.look:
                seen = _prints(place, proof.look, proof.then)
            else:
                seen = reads(page, proof.then) if page else answers(proof.path, proof.then)
            times["change"] = await _timed(seen)


async def _printed(place: Place, command: str, proof: Proof, times: dict[str, float]) -> None:
    async def run(text: str) -> None:
        async with place.start(command) as running:

            async def shown() -> bool:
                return text in _plain(running.output)

            await _until(running, shown, lambda: f"`{command}` does not print {text!r}")

    times["run"] = await _timed(run(proof.shows))
    await _change(place, proof)
    times["change"] = await _timed(run(proof.then))


async def _change(place: Place, proof: Proof) -> None:
    text = await place.read(proof.file)
    if text.count(proof.old) != 1:
        raise NotProvenError(f"{proof.file} has {proof.old!r} {text.count(proof.old)} times")
    await place.write(proof.file, text.replace(proof.old, proof.new))


async def _until(running: Running, met: Callable[[], Awaitable[bool]], otherwise: Callable[[], str]) -> None:
    """Looks again and again; a command that ends without success can no longer meet it, nor one that is to go on."""
    deadline = monotonic() + SIGHT
    while True:
        code = running.code
        if await met():
            return
        if monotonic() > deadline or code is not None:
            why = f"; it ended with {code}" if code is not None else ""
            raise NotProvenError(f"{otherwise()}{why}\n{_end_of(running.output)}")
        await asyncio.sleep(0.1)


def _plain(output: str) -> str:
    return _ESCAPES.sub("", output)


def _end_of(output: str) -> str:
    return _plain(output)[-3000:].strip()
