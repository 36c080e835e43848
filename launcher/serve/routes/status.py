"""How the server and its engines are."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from launcher.serve.models import HealthBody, StatusBody, TicketBody
from launcher.serve.present import engine_body
from launcher.serve.routes.answers import UNCHANGED, problems
from launcher.serve.surroundings import Given, surroundings
from launcher.serve.tagged import tagged

router = APIRouter(prefix="/api", tags=["the server"])


@router.get("/health", responses=problems())
async def read_health() -> HealthBody:
    """That the server answers; no engine is asked."""
    return HealthBody(status="ok")


@router.get("/status", response_model=StatusBody, responses={**UNCHANGED, **problems()})
async def read_status(request: Request) -> Response:
    """The engines, as they were at most a second ago, and what the server does."""
    given = surroundings(request)  # not as a dependency: this is what is asked most often
    body = StatusBody.model_construct(
        version=given.version,
        engines=[engine_body(one) for one in await given.status.get()],
        jobs=len(given.work.active),
        streams=given.streams.count,
        models=await given.obstacle.get() is None,
    )
    return tagged(request, body)


@router.post("/ticket", responses=problems(429))
async def make_ticket(given: Given) -> TicketBody:
    """An address of the portal that lets a browser in once, within five minutes."""
    return TicketBody(url=given.access.ticketed(f"{given.address.url}/"))
