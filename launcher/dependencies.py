"""A new workspace's dependencies for the command line: begun beside its making, then shown to the end."""

import shlex
from collections.abc import AsyncIterator
from dataclasses import dataclass

from cluster.dependencies.installation import Installation
from cluster.dependencies.scripts import LOG
from cluster.engine import Engine
from launcher.context import Context
from launcher.output.documents import Document
from templates.errors import CancelledError, VibeCodeError
from templates.events import Event
from templates.text import plain


@dataclass(frozen=True, slots=True)
class Dependencies:
    """One project's; `trusted` is a command of ours, or one that the person lets run without isolation."""

    context: Context
    installation: Installation
    trusted: bool

    def beside(self, making: AsyncIterator[Event]) -> AsyncIterator[Event]:
        """The events of the making, and the command begun on its way where nobody need be asked."""
        return self.installation.beside(making) if self._may_run else making

    async def install(self) -> Document:
        """Shows it to its end and answers what came of it; where it fails, the workspace can be used all the same."""
        command = self.installation.command
        if not self._may_run and not await self._agreed():
            return {"command": command, "state": "not-run", "error": None}
        try:
            await self.context.work(self.installation.follow(), left=self._left)
        except CancelledError as error:
            log = f"tail -f {LOG}"
            hint = f"`vibecode exec {self.installation.name} -- sh -c {shlex.quote(log)}` shows how far it is."
            raise CancelledError(error.detail, hint=hint) from None
        except VibeCodeError as error:
            if not self.context.console.as_json:
                self.context.console.error(error)
            return {"command": command, "state": "failed", "error": error.as_dict()}
        return {"command": command, "state": "done", "error": None}

    @property
    def _engine(self) -> Engine:
        return self.installation.engine

    @property
    def _may_run(self) -> bool:
        return self.trusted or "network-isolation" not in self._engine.lacks

    async def _agreed(self) -> bool:
        """Asks where somebody can be asked; else says what was not run, and how it is."""
        console, command = self.context.console, plain(self.installation.command)
        console.say(f"  {self._engine.lacks['network-isolation']}")
        if console.can_ask and await console.confirm(f"Run the project's own `{command}` as you?", flag="--run"):
            return True
        console.say(f"  Its dependencies are not installed: `{plain(self.installation.again)}` does that.")
        return False

    def _left(self) -> str:
        return f"{self.installation.name} can be used, and what was begun goes on inside it."
