"""The portal's page and what belongs to it, as they lie in the package."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from launcher.serve.errors import RouteNotFoundError
from launcher.serve.observed_page import START, observed, policy, start
from launcher.serve.surroundings import Given

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parents[1] / "portal"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@router.get("/")
@router.get("/workspace/{name}")
async def page(request: Request, given: Given) -> Response:
    content = (FOLDER / "index.html").read_bytes()
    if given.rum is None:
        return _answer(request, content, ".html")
    return _answer(request, observed(content, given.rum), ".html", {"Content-Security-Policy": policy(given.rum)})


@router.get("/portal/{name}")
async def asset(request: Request, name: str, given: Given) -> Response:
    if name == START and given.rum is not None:
        return _answer(request, start(given.rum, given.version), ".js")
    file = next((one for one in FOLDER.iterdir() if one.name == name and one.suffix in _TYPES), None)
    if file is None:
        raise RouteNotFoundError("The portal has no such file.")
    return _answer(request, file.read_bytes(), file.suffix)


def _answer(request: Request, content: bytes, suffix: str, more: Mapping[str, str] | None = None) -> Response:
    headers = {"ETag": f'"{sha256(content).hexdigest()[:32]}"', "Cache-Control": "no-cache", **(more or {})}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=_TYPES[suffix])
