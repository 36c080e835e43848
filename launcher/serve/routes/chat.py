"""Changes asked for in words: proposed, reviewed, applied, undone."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Path

from cluster.files import EngineFiles
from launcher.serve import chatting, tasks
from launcher.serve.errors import Complaint, InvalidRequestError
from launcher.serve.models import JobBody, TurnBody
from launcher.serve.present import job_body
from launcher.serve.proposals import Proposed
from launcher.serve.requests import ApplyRequest, ChatRequest
from launcher.serve.routes.answers import problems
from launcher.serve.routes.workspaces import NamePath
from launcher.serve.surroundings import Given, Surroundings
from launcher.serve.told import Undertaking
from templates.chat.journal import Turn, redo, undo
from templates.workspace_files import WorkspaceFiles

router = APIRouter(prefix="/api/workspaces/{name}", tags=["language models"])

ProposalId = Annotated[str, Path(max_length=40, pattern=r"^[0-9a-f]+$", examples=["5f1d7a0c2b9e4f63"])]


@router.post("/chat", status_code=202, responses=problems(404, 409, 413, 415, 429))
async def propose_change(given: Given, name: NamePath, wanted: ChatRequest) -> JobBody:
    """Begins to ask for a change; nothing is written before hunks of the job's event `proposal` are applied."""
    files = await _files(given, name)
    if (obstacle := await given.obstacle.get()) is not None:
        raise obstacle
    asked = Undertaking(
        f"Asking about {name}",
        name,
        lambda: chatting.proposing(given.ai, files, given.proposals, name, wanted.instruction, wanted.chat),
        f"{name} has a proposal",
    )
    return job_body(given.work.begin(asked))


@router.post("/proposals/{proposal_id}/apply", responses=problems(404, 409, 413, 415, 429, 507))
async def apply_proposal(given: Given, name: NamePath, proposal_id: ProposalId, wanted: ApplyRequest) -> TurnBody:
    """Writes the hunks that are agreed to, all or none; a file that changed since is answered 409."""
    files = await _files(given, name)
    proposed = given.proposals.get(name, proposal_id)
    hunks = None if wanted.hunks is None else [(one.path, one.hunk) for one in wanted.hunks]
    _check(proposed, hunks or [])
    turn = await chatting.apply(files, proposed, hunks)
    if turn is None:
        return TurnBody(name=name, turn=None, instruction=proposed.proposal.instruction, undone=False, files=[])
    given.proposals.drop(proposal_id)
    return _body(name, turn)


@router.post("/undo", responses=problems(404, 409, 429))
async def undo_change(given: Given, name: NamePath) -> TurnBody:
    """Takes the last change back; where a file was edited since, it is answered 409."""
    return await _switch(given, name, undo)


@router.post("/redo", responses=problems(404, 409, 429))
async def redo_change(given: Given, name: NamePath) -> TurnBody:
    """Makes the change again that was undone last."""
    return await _switch(given, name, redo)


async def _switch(given: Surroundings, name: str, switch: Callable[[WorkspaceFiles], Awaitable[Turn]]) -> TurnBody:
    return _body(name, await switch(await _files(given, name)))


async def _files(given: Surroundings, name: str) -> EngineFiles:
    engine, _ = await tasks.find(given.engines, name)
    return EngineFiles(engine, name)


def _check(proposed: Proposed, hunks: list[tuple[str, int]]) -> None:
    """Raises InvalidRequestError for a hunk that the proposal does not have."""
    there = {file.path: max(1, len(file.hunks)) for file in proposed.proposal.files}
    wrong = [
        Complaint(f"body.hunks.{number}", "is not in the proposal")
        for number, (path, index) in enumerate(hunks)
        if index >= there.get(path, 0)
    ]
    if wrong:
        raise InvalidRequestError(wrong)


def _body(name: str, turn: Turn) -> TurnBody:
    return TurnBody(
        name=name,
        turn=turn.number,
        instruction=turn.instruction,
        undone=turn.undone,
        files=[one.path for one in turn.files],
    )
