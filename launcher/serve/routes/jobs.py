"""Jobs: work that goes on in the server, and its events."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from starlette.responses import Response

from launcher.serve import limits
from launcher.serve.models import JobBody, JobList
from launcher.serve.present import job_body, next_page
from launcher.serve.routes.answers import UNCHANGED, events, problems
from launcher.serve.surroundings import Given
from launcher.serve.tagged import tagged

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

JobId = Annotated[str, Path(max_length=40, pattern=r"^[0-9a-f]+-[0-9]+$", examples=["1f2e3d4c-1"])]
LastEventId = Annotated[
    int, Header(alias="Last-Event-ID", ge=0, le=2**53, description="The number of the last event that arrived.")
]


@router.get("", response_model=JobList, responses={**UNCHANGED, **problems()})
async def list_jobs(
    given: Given,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=limits.LARGEST_PAGE)] = limits.PAGE,
    after: Annotated[str, Query(max_length=40, description="The id after which the page begins.")] = "",
) -> Response:
    """The jobs in the order in which they began; those that ended long ago are forgotten."""
    every = given.work.all
    start = next((number for number, one in enumerate(every, start=1) if one.id == after), 0)
    page = every[start : start + limit]
    following = next_page(router.prefix, page[-1].id, limit) if start + limit < len(every) else None
    return tagged(request, JobList(jobs=[job_body(one) for one in page], next=following))


@router.get("/{job_id}", response_model=JobBody, responses={**UNCHANGED, **problems(404)})
async def read_job(given: Given, request: Request, job_id: JobId) -> Response:
    """How far a job is, step by step."""
    return tagged(request, job_body(given.work.get(job_id)))


@router.get(
    "/{job_id}/events",
    response_class=Response,
    responses={
        **events("Events `started`, `progress`, `done`, `failed`, `stopped`; the last is `end`"),
        204: {"description": "All of it has arrived before"},
        **problems(404, 429),
    },
)
async def follow_job(given: Given, job_id: JobId, last: LastEventId = 0) -> Response:
    """A job's events from its beginning, or from the one on that Last-Event-ID names."""
    feed = given.work.get(job_id).feed
    if feed.ended and last >= feed.last:
        return Response(status_code=204)
    return given.streams.answer(feed.read(last))


@router.delete("/{job_id}", status_code=202, responses=problems(404, 429))
async def cancel_job(given: Given, job_id: JobId) -> JobBody:
    """Asks a job to stop; begun again, its work goes on where it stopped."""
    return job_body(given.work.cancel(job_id))
