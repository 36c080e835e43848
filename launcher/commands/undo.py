"""`undo` and `redo`: the last change of a conversation taken back, and made again."""

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from launcher.commands.command import Command
from launcher.context import Context
from templates.errors import CancelledError
from templates.text import plain

if TYPE_CHECKING:
    from templates.chat.journal import Turn
    from templates.workspace_files import WorkspaceFiles

Switch = Callable[["WorkspaceFiles"], Awaitable["Turn"]]


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the workspace")


async def _undo(context: Context, args: Namespace) -> int:
    from templates.chat.journal import undo

    return await _switch(context, args.name, undo, "Undoing the last change", "Undone")


async def _redo(context: Context, args: Namespace) -> int:
    from templates.chat.journal import redo

    return await _switch(context, args.name, redo, "Making the change again", "Done again")


def _switch(context: Context, name: str, switch: Switch, title: str, word: str) -> Coroutine[Any, Any, int]:
    async def run() -> int:
        from cluster.files import EngineFiles
        from launcher.commands.chatting import committed
        from launcher.output.chat_documents import turn_document

        async with context.engine_of(name) as engine:
            files = EngineFiles(engine, name)
            try:
                turn = await context.wait(title, switch(files))
            except asyncio.CancelledError:
                raise CancelledError(f"Stopped; the files of {name} are all as before, or all changed.") from None
            paths = [one.path for one in turn.files]
            await committed(context, files, paths, f"{word}: {turn.instruction}")
        count = f"{len(paths)} file{'s' if len(paths) != 1 else ''}"
        words = [f"{word}: {plain(turn.instruction)} ({count})", *(f"  {plain(path)}" for path in paths)]
        context.console.answer(turn_document(name, turn), "\n".join(words))
        return 0

    return run()


UNDO = Command(
    "undo",
    "take the last change of a conversation back",
    (("vibecode undo shop", "unless a file was edited since"), ("vibecode undo shop --json", "for a script")),
    _undo,
    _arguments,
)
REDO = Command(
    "redo",
    "make a change again that was undone",
    (("vibecode redo shop", "what `vibecode undo shop` took back"), ("vibecode redo shop --json", "for a script")),
    _redo,
    _arguments,
)
