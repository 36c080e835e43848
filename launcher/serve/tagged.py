"""Answers with an ETag, so that who asks again and again is sent nothing where nothing changed (RFC 9110, 8.8.3)."""

from hashlib import sha256

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response


def tagged(request: Request, body: BaseModel, headers: dict[str, str] | None = None) -> Response:
    """The body as JSON, or 304 where the caller has it already."""
    return tagged_json(request, body.model_dump_json().encode(), headers)


def tagged_json(request: Request, content: bytes, headers: dict[str, str] | None = None) -> Response:
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    own = {"ETag": tag, "Cache-Control": "no-cache", **(headers or {})}
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=own)
    return Response(content, headers=own, media_type="application/json")
