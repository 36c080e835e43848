"""A new project is made to work: its commands are run, and what fails goes back to the model, a set number of times."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from time import monotonic

from templates.errors import VibeCodeError
from templates.events import Event, Steps
from templates.generation.commands import Command, CommandPrinted, Failure, commands_of, run_command
from templates.generation.draft import Draft, FileEvent
from templates.generation.errors import GenerationError
from templates.generation.placement import changes_of
from templates.generation.plan import Plan
from templates.generation.prompts import repair_messages, shown_bytes
from templates.generation.writing import write_files
from templates.models.model import ChatModel
from templates.workspace_files import WorkspaceFiles

TIME_HINT = "`vibecode chat` goes on with it; the setting `ai_minutes` gives more time."


@dataclass(frozen=True, slots=True)
class Effort:
    """How long it may take in all, in seconds, and how often the model may repair."""

    seconds: float = 480
    repairs: int = 3


class Verification:
    """One project in its workspace; `files` is what the project is known to hold."""

    def __init__(
        self,
        model: ChatModel,
        prompt: str,
        plan: Plan,
        files: dict[str, bytes],
        workspace: WorkspaceFiles,
        emit: Callable[[Event | FileEvent | CommandPrinted], None],
    ) -> None:
        self._model = model
        self._prompt = prompt
        self._plan = plan
        self._files = dict(files)
        self._workspace = workspace
        self._emit = emit
        self._steps = Steps(emit)

    async def run(self, effort: Effort) -> bool | None:
        """Whether all commands succeed in the end; None where there are none."""
        commands = commands_of(self._plan)
        if not commands:
            return None
        end = monotonic() + effort.seconds
        for repair in range(effort.repairs + 1):
            failure = await self._first_failure(commands, end)
            if failure is None:
                return True
            if repair == effort.repairs or monotonic() >= end or not await self._repair(failure, repair + 1, end):
                return False
        return False

    async def _first_failure(self, commands: tuple[Command, ...], end: float) -> Failure | None:
        for command in commands:
            seconds = max(1.0, end - monotonic())
            if failure := await run_command(self._workspace, command, seconds, self._steps, self._emit):
                return failure
        return None

    async def _repair(self, failure: Failure, number: int, end: float) -> bool:
        """Whether the model changed something; why it did not is told as the step's failure."""
        try:
            async with self._steps.step("repair", f"Repairing, attempt {number}") as step:
                draft = await self._ask(failure, end)
                changes = changes_of(self._files, draft.files, draft.removed)
                await self._workspace.apply(changes)
                self._files = {path: content for path, content in self._files.items() if path not in draft.removed}
                self._files |= draft.files
                step.note = f"{', '.join(sorted(one.path for one in changes)) or 'nothing'} changed"
        except VibeCodeError:
            return False
        return bool(changes)

    async def _ask(self, failure: Failure, end: float) -> Draft:
        messages = repair_messages(
            self._prompt,
            self._plan,
            self._files,
            failure.command.shown,
            failure.exit_code,
            failure.output,
            shown_bytes(self._model.context),
        )
        draft = Draft()
        try:
            async with asyncio.timeout(max(0.0, end - monotonic())):
                async with aclosing(write_files(self._model, messages, (), draft)) as events:
                    async for event in events:
                        self._emit(event)
        except TimeoutError:
            raise GenerationError("The time for making it work is over.", hint=TIME_HINT) from None
        return draft
