"""The proof of one template: it installs, is linted and tested, runs, answers, and shows a change."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from functools import partial
from time import monotonic

from templates.catalog import Template
from templates.project import Manifest
from templates.render import render
from tests.catalog.place import Place, Running
from tests.catalog.proofs import Proof

PATIENCE = 600
"""Seconds that one command may take."""
NAME = "proof"
"""Of project and workspace, which tag what they tell with it."""
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


@dataclass(frozen=True, slots=True)
class Sight:
    """Something to look at, and its name; `look` answers None where there is nothing yet."""

    name: str
    look: Callable[[], Awaitable[str | None]]


async def prove(template: Template, proof: Proof, place: Place) -> Record:
    """Takes the template through all that a person would do with it first; a failed step ends the proof."""
    project = render(template, {"name": NAME})
    manifest = project.manifest
    await place.put(project)
    times: dict[str, float] = {}
    failed = ""
    try:
        await _steps(place, manifest, proof, times)
    except (NotProvenError, TimeoutError) as error:
        what = f"nothing within {PATIENCE} s" if isinstance(error, TimeoutError) else str(error)
        commands = {"install": manifest.install, "lint": manifest.lint, "test": manifest.test, "run": manifest.run}
        failed = f"{next((step for step in commands if commands[step] and step not in times), 'change')}: {what}"
    return Record(
        template.id,
        place.name,
        install=times.get("install"),
        lint=times.get("lint"),
        test=times.get("test"),
        run=times.get("run"),
        change=times.get("change"),
        failed=failed,
        unproven=proof.unproven,
    )


async def _steps(place: Place, manifest: Manifest, proof: Proof, times: dict[str, float]) -> None:
    """Puts each step's seconds into `times` as soon as it has succeeded."""
    for step, command in (("install", manifest.install), ("lint", manifest.lint), ("test", manifest.test)):
        if command:
            times[step] = await _timed(_ends_well(place, command))
    if manifest.run and proof.shows:
        if manifest.ports:
            await _served(place, manifest.run, manifest.ports, proof, times)
        else:
            await _printed(place, manifest.run, proof, times)


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


async def _served(place: Place, command: str, ports: tuple[int, ...], proof: Proof, times: dict[str, float]) -> None:
    for port in ports:
        if await place.get(port, "/") is not None:
            raise NotProvenError(f"something else answers on port {port}")
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(place.start(command))
        sight = _answer(place, ports[0], proof.path)

        async def first() -> None:
            nonlocal sight
            await _until(running, sight, "" if proof.page else proof.shows)
            if proof.health:
                await _until(running, _answer(place, ports[0], proof.health), "")
            if proof.page:
                page = await stack.enter_async_context(place.browse(ports[0], proof.path))
                sight = Sight("the page", page.text)
                await _until(running, sight, proof.shows)

        times["run"] = await _timed(first())
        await _change(place, proof)
        if proof.look:
            sight = Sight(f"`{proof.look}`", partial(_ends_well, place, proof.look))
        times["change"] = await _timed(_until(running, sight, proof.then))


async def _printed(place: Place, command: str, proof: Proof, times: dict[str, float]) -> None:
    async def run(text: str) -> None:
        async with place.start(command) as running:

            async def printed() -> str:
                return _plain(running.output)

            await _until(running, Sight(f"`{command}`", printed), text)

    times["run"] = await _timed(run(proof.shows))
    await _change(place, proof)
    times["change"] = await _timed(run(proof.then))


def _answer(place: Place, port: int, path: str) -> Sight:
    async def look() -> str | None:
        answer = await place.get(port, path)
        return answer.body if answer is not None and answer.status < 400 else None

    return Sight(path, look)


async def _change(place: Place, proof: Proof) -> None:
    text = await place.read(proof.file)
    if text.count(proof.old) != 1:
        raise NotProvenError(f"{proof.file} has {proof.old!r} {text.count(proof.old)} times")
    await place.write(proof.file, text.replace(proof.old, proof.new))


async def _until(running: Running, sight: Sight, text: str) -> None:
    """Looks again and again, as a server that is starting says no at first; what has ended will not change any more."""
    deadline = monotonic() + SIGHT
    while True:
        code = running.code
        seen = await sight.look()
        if seen is not None and text in seen:
            return
        if monotonic() > deadline or code is not None:
            instead = "nothing" if seen is None else repr(seen[-500:])
            why = f"; it ended with {code}" if code is not None else ""
            raise NotProvenError(f"{sight.name} does not show {text!r} but {instead}{why}\n{_end_of(running.output)}")
        await asyncio.sleep(0.1)


def _plain(output: str) -> str:
    return _ESCAPES.sub("", output)


def _end_of(output: str) -> str:
    return _plain(output)[-3000:].strip()
