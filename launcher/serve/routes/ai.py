"""From a prompt to a workspace."""

import re

from fastapi import APIRouter, Request

from cluster.names import free_name
from launcher.serve import limits
from launcher.serve.errors import TooManyRequestsError
from launcher.serve.generation import generating
from launcher.serve.models import GenerateBody
from launcher.serve.present import events_path
from launcher.serve.requests import GenerateRequest
from launcher.serve.routes.answers import problems
from launcher.serve.surroundings import Given, Surroundings
from launcher.serve.told import Undertaking

router = APIRouter(prefix="/api/ai", tags=["language models"])

_FILLERS = frozenset(
    {"a", "an", "and", "app", "build", "for", "i", "in", "it", "make", "me", "my", "of", "on", "or", "please", "simple"}
    | {"small", "that", "the", "to", "using", "want", "with"}
)
"""Words that say nothing of a project."""
WRITING = "Writing "
"""What the title of such a job begins with."""


@router.post("/generate-project", status_code=202, responses=problems(409, 413, 415, 429))
async def generate_project(given: Given, request: Request, wanted: GenerateRequest) -> GenerateBody:
    """Begins to make a project of a prompt, in a workspace of its own; the answer is there at once."""
    if (obstacle := await given.obstacle.get()) is not None:
        raise obstacle
    writing = [one for one in given.work.active if one.job.task.title.startswith(WRITING)]
    if len(writing) >= limits.GENERATIONS:
        raise TooManyRequestsError(f"{limits.GENERATIONS} projects are being written already.", seconds=30)
    name = wanted.name or await _free_name(given, wanted.prompt)
    engine = (await given.engines.choose()).engine
    running = given.work.begin(
        Undertaking(
            f"{WRITING}{name}",
            name,
            lambda: generating(
                given.ai, given.catalog, engine, name, wanted.prompt, user=wanted.userId, may_run=wanted.run
            ),
            f"{name} is ready",
        )
    )
    return GenerateBody(workspaceId=name, workspaceUrl=given.page_url(request, name), events=events_path(running))


async def _free_name(given: Surroundings, prompt: str) -> str:
    """Of the first words of the prompt that say something."""
    words = [word for word in re.findall(r"[a-z0-9]+", prompt.lower()) if word not in _FILLERS]
    taken = {one.name for one in (await given.engines.everything()).workspaces} | given.work.names
    return free_name("-".join(words[:3]) or "project", taken)
