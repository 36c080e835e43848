"""The templates that there are."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from launcher.serve import limits
from launcher.serve.models import TemplateBody, TemplateList
from launcher.serve.present import next_page, template_body
from launcher.serve.routes.answers import UNCHANGED, problems
from launcher.serve.surroundings import Given
from launcher.serve.tagged import tagged

router = APIRouter(prefix="/api/templates", tags=["templates"])


@router.get("", response_model=TemplateList, responses={**UNCHANGED, **problems()})
async def list_templates(
    given: Given,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=limits.LARGEST_PAGE)] = limits.PAGE,
    after: Annotated[str, Query(max_length=80, description="The id after which the page begins.")] = "",
) -> Response:
    """What a workspace can be made from, by id."""
    listing = await asyncio.to_thread(given.catalog.list)
    rest = [one for one in listing.templates if one.id > after]
    page = rest[:limit]
    following = next_page(router.prefix, page[-1].id, limit) if len(rest) > limit else None
    return tagged(request, TemplateList(templates=[template_body(one) for one in page], next=following))


@router.get("/{template_id:path}", response_model=TemplateBody, responses={**UNCHANGED, **problems(404)})
async def read_template(
    given: Given, request: Request, template_id: Annotated[str, Path(max_length=80, examples=["python-fastapi"])]
) -> Response:
    """One template, with the variables that it takes."""
    return tagged(request, template_body(await asyncio.to_thread(given.catalog.load, template_id)))
