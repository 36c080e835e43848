"""The portal's page and what belongs to it, as they lie in the package."""

from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from launcher.serve.errors import RouteNotFoundError

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parents[1] / "portal"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@router.get("/")
@router.get("/workspace/{name}")
async def page(request: Request) -> Response:
    return _file(request, "index.html")


@router.get("/portal/{name}")
async def asset(request: Request, name: str) -> Response:
    return _file(request, name)


def _file(request: Request, name: str) -> Response:
    file = next((one for one in FOLDER.iterdir() if one.name == name and one.suffix in _TYPES), None)
    if file is None:
        raise RouteNotFoundError("The portal has no such file.")
    content = file.read_bytes()
    headers = {"ETag": f'"{sha256(content).hexdigest()[:32]}"', "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=_TYPES[file.suffix])
