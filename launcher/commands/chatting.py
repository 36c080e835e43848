"""One turn of a conversation on the console: the answer as it arrives, the review, the change."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from launcher.commands.reviewing import HunkReview
from launcher.context import Context
from launcher.experience import ExperienceFile
from launcher.output.chat_documents import proposal_document
from launcher.output.diffs import proposal_lines
from launcher.output.text import styled
from templates.chat.context import ChatContext
from templates.chat.conversations import OUTPUT, CommandRun, Conversation, save_message
from templates.chat.errors import EditsNotPlacedError
from templates.chat.finish import commit, show_in_editor
from templates.chat.history import exchanges, message_of
from templates.chat.journal import Turn, apply_turn
from templates.chat.proposal import Proposal, Review
from templates.chat.propose import AskedAgain, ChatEvent, ContextReady, Proposed, propose
from templates.chat.prose import ProseFlow
from templates.edits.formats import choose_format
from templates.edits.parser import EditBegun, Prose
from templates.errors import CancelledError
from templates.models.ledger import dollars
from templates.models.metered import MeteredModel
from templates.models.model import ChatMessage
from templates.text import plain
from templates.workspace_files import WorkspaceFiles

COMMAND_SECONDS = 600
USUAL_ANSWER = 1500
"""Tokens of an answer, for the estimate of its cost."""


class Chatting:
    """A conversation in one workspace, with a model that is paid for."""

    def __init__(
        self, context: Context, files: WorkspaceFiles, name: str, model: MeteredModel, conversation: Conversation
    ) -> None:
        self._context = context
        self._console = context.console
        self._files = files
        self._name = name
        self._model = model
        self._conversation = conversation

    async def turn(self, instruction: str, *, apply: bool) -> int:
        """Asks, reviews where somebody can be asked, and writes what was agreed to; the exit code."""
        experience = ExperienceFile(self._context.paths.data / "edit-formats.json")
        style = choose_format(self._model.id, self._model.context, experience.of(self._model.id))
        history = exchanges(self._conversation)
        events = propose(self._files, self._model, instruction, style=style, history=history)
        async with aclosing(events):
            shown, proposal = await self._told(events)
        await asyncio.to_thread(experience.add, self._model.id, style, proposal.placed, proposal.misplaced)
        message = message_of(proposal, shown, self._model.id, self._model.spending.cost)
        number = await save_message(self._files, self._conversation.id, message)
        review = await self._review(proposal, apply=apply)
        turn = await self._written(review)
        commands = await self._run_commands(proposal.commands)
        if turn is not None or commands:
            message = replace(message, turn=turn.number if turn else None, commands=commands)
            await save_message(self._files, self._conversation.id, message, number)
        cost = self._model.spending.cost
        document = proposal_document(
            self._name, self._conversation.id, review.proposal, shown, self._model.id, cost, turn
        )
        self._console.answer(document, "\n".join(self._summary(review, turn)))
        return 0

    async def _told(self, events: AsyncIterator[ChatEvent]) -> tuple[ChatContext, Proposal]:
        first = await self._context.wait("Reading the project", anext(events))
        assert isinstance(first, ContextReady)
        self._say_context(first.context)
        prose = ProseFlow()
        event = await self._context.wait(f"Asking {self._model.id}", anext(events))
        while not isinstance(event, Proposed):
            if isinstance(event, Prose):
                self._write(prose.feed(event.text))
            elif isinstance(event, EditBegun):
                self._console.say(self._dim(f"  writing {plain(event.path)}"))
            elif isinstance(event, AskedAgain):
                paths = ", ".join(dict.fromkeys(plain(one.path) for one in event.failures))
                self._console.say(self._dim(f"  asking again: what it wrote for {paths} does not fit the file"))
            event = await anext(events)
        self._write(prose.feed("\n"))
        return first.context, event.proposal

    def _say_context(self, context: ChatContext) -> None:
        estimate = self._model.estimate([ChatMessage("user", context.text)], USUAL_ANSWER)
        cost = f"about {dollars(estimate)}" if estimate is not None else "price unknown"
        words = f"Shown to {self._model.id}: {len(context.sent)} of {context.listed} files, "
        words += f"about {context.tokens:,} tokens ({cost})"
        self._console.say(self._dim(words))
        names = ", ".join(map(plain, context.sent[:12]))
        self._console.say(self._dim(f"  {names}{', …' if len(context.sent) > 12 else ''}"))
        if context.beside:
            self._console.say(self._dim(f"  {', '.join(context.beside)}"))
        if context.withheld:
            self._console.say(
                self._dim(f"  not shown, may hold secrets: {', '.join(map(plain, context.withheld[:8]))}")
            )
        if context.masked:
            self._console.say(self._dim(f"  {context.masked} secrets in them are hidden from it"))

    async def _review(self, proposal: Proposal, *, apply: bool) -> Review:
        if apply:
            if proposal.failures:
                raise EditsNotPlacedError("\n".join(f"{one.path}: {one.reason}." for one in proposal.failures))
            return Review.all(proposal)
        if not self._console.can_ask:
            return Review.none(proposal)
        return await HunkReview(self._console, proposal).ask()

    async def _written(self, review: Review) -> Turn | None:
        changes = review.changes()
        if not changes:
            return None
        work = apply_turn(self._files, changes, review.proposal.instruction, self._conversation.id)
        try:
            turn = await self._context.wait("Writing the changes", work)
        except asyncio.CancelledError:
            hint = f"`vibecode undo {self._name}` takes them back if they are there."
            raise CancelledError("Stopped while writing: all changes are there, or none.", hint=hint) from None
        await committed(self._context, self._files, [one.path for one in changes], review.proposal.instruction)
        if places := review.places():
            await show_in_editor(self._files, *places[0])
        return turn

    async def _run_commands(self, commands: Sequence[str]) -> tuple[CommandRun, ...]:
        """Each that the person agrees to, inside the workspace; none where nobody can be asked."""
        ended: list[CommandRun] = []
        for command in commands if self._console.can_ask else ():
            shown = "\n".join(f"    {plain(line)}" for line in command.split("\n"))
            if not await self._console.confirm(f"It wants to run in {self._name}:\n{shown}\nRun it?", flag="--yes"):
                continue
            ran = await self._files.run(command, seconds=COMMAND_SECONDS, show=self._write)
            self._console.say(f"exit code {ran.exit_code}" + (" (its time was up)" if ran.timed_out else ""))
            ended.append(CommandRun(command, ran.exit_code, ran.output[-OUTPUT:]))
        return tuple(ended)

    def _summary(self, review: Review, turn: Turn | None) -> list[str]:
        proposal, spending = review.proposal, self._model.spending
        cost = f"{dollars(spending.cost)}{' (estimated)' if spending.estimated else ''}"
        colours = self._console.colours(self._console.stdout)
        lines: list[str] = []
        if not self._console.can_ask or (turn is not None and not proposal.files):
            lines += proposal_lines(proposal, colours)
        if turn is not None:
            lines += ["", f"Written: {', '.join(plain(one.path) for one in turn.files)}. Cost: {cost}."]
            lines.append(f"`vibecode undo {self._name}` takes it back.")
        elif proposal.files:
            words = "Nothing is written." if self._console.can_ask else "Nothing is written; --apply writes it."
            lines += ["", f"{words} Cost: {cost}."]
        else:
            lines += [f"It proposes no change. Cost: {cost}."]
        if proposal.commands and not self._console.can_ask:
            lines += ["It wants to run, which happens only in a terminal, once you agree:"]
            lines += [f"    {plain(line)}" for command in proposal.commands for line in command.split("\n")]
        return lines

    def _write(self, text: str) -> None:
        """Part of the answer, without what could steer the terminal; beside the document where there is one."""
        stream = self._console.stderr if self._console.as_json else self._console.stdout
        stream.write("".join(char if char.isprintable() or char in "\n\t" else " " for char in text))
        stream.flush()

    def _dim(self, text: str) -> str:
        return styled(text, "dim", self._console.colours(self._console.stderr))


async def committed(context: Context, files: WorkspaceFiles, paths: Sequence[str], message: str) -> None:
    """Commits the files where the setting `ai_commit` asks for it; what stands in the way is said, and no error."""
    if not context.loaded.values.ai_commit:
        return
    ran = await context.wait("Committing", commit(files, paths, message))
    if ran.exit_code != 0:
        last = next(reversed(ran.output.strip().splitlines()), f"exit code {ran.exit_code}")
        context.console.say(f"  Not committed: {plain(last)}")
