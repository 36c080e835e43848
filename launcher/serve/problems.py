"""Errors as problem details (RFC 9457) with the code, title, detail and hint that they have everywhere."""

import json
from collections.abc import Mapping

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path

from launcher.serve.errors import (
    BodyTooLargeError,
    Complaint,
    InvalidRequestError,
    MalformedRequestError,
    MethodNotAllowedError,
    RouteNotFoundError,
    TooManyRequestsError,
    UnsupportedBodyError,
)
from templates.errors import FilesConflictError, VibeCodeError

MEDIA_TYPE = "application/problem+json"

_CODES: Mapping[int, str] = {
    400: "request-malformed",
    401: "no-access",
    403: "foreign-host foreign-origin",
    404: (
        "not-found workspace-not-found template-not-found template-source-not-found service-not-found job-not-found "
        "proposal-not-found chat-not-found"
    ),
    405: "method-not-allowed",
    409: (
        "name-taken workspace-stopped workspace-failed editor-not-ready files-changed cluster-busy cancelled "
        "changed-since nothing-to-undo nothing-to-redo edits-not-placed generation-busy model-key-missing "
        "budget-reached consent-needed template-invalid template-source"
    ),
    413: "body-too-large project-too-large",
    415: "body-unsupported",
    422: "request-invalid name-invalid unsafe-path variable-invalid",
    429: "too-many-requests",
    503: (
        "cluster-down cluster-unreachable docker-missing docker-down docker-denied docker-remote kind-missing "
        "engine-unavailable local-host-failed"
    ),
    507: "volume-full",
}
_STATUSES = {code: status for status, codes in _CODES.items() for code in codes.split()}


def status_of(error: VibeCodeError) -> int:
    """The HTTP status of an error; 500 for one that the caller can do nothing about."""
    return _STATUSES.get(error.code, 500)


def problem(error: VibeCodeError, request_id: str, headers: Mapping[str, str] | None = None) -> Response:
    status = status_of(error)
    document: dict[str, object] = {
        "type": f"urn:vibecode:error:{error.code}",
        "status": status,
        **error.as_dict(),
        "request_id": request_id,
    }
    more = dict(headers or {})
    match error:
        case InvalidRequestError():
            document["errors"] = [{"where": one.where, "what": one.what} for one in error.complaints]
        case FilesConflictError():
            document["conflicts"] = [
                {"path": one.path, "expected": one.expected, "found": one.found} for one in error.conflicts
            ]
        case TooManyRequestsError():
            more["Retry-After"] = str(error.seconds)
        case _:
            pass
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(body, status, {"Cache-Control": "no-store", **more}, MEDIA_TYPE)


async def answer_error(request: Request, error: Exception) -> Response:
    """The exception handler of the application."""
    told = as_vibecode_error(error)
    headers = {"Allow": _allowed(request)} if isinstance(told, MethodNotAllowedError) else {}
    return problem(told, request.state.request_id, headers)


def as_vibecode_error(error: Exception) -> VibeCodeError:
    match error:
        case VibeCodeError():
            return error
        case RequestValidationError():
            return InvalidRequestError([_complaint(one) for one in error.errors()])
        case HTTPException(status_code=404):
            return RouteNotFoundError("No route has this path.")
        case HTTPException(status_code=405):
            return MethodNotAllowedError("The path is right, the method is not.")
        case HTTPException(status_code=413):
            return BodyTooLargeError("It has more bytes than this request may have.")
        case HTTPException(status_code=415):
            return UnsupportedBodyError("Its media type is not application/json.")
        case HTTPException():
            return MalformedRequestError(f"{error.detail}.")
        case _:
            raise error


def _allowed(request: Request) -> str:
    """The methods that the path takes; Starlette itself names those of the first route alone."""
    paths: dict[str, dict[str, object]] = request.app.openapi()["paths"]
    fitting = (operations for path, operations in paths.items() if compile_path(path)[0].match(request.url.path))
    return ", ".join(sorted(method.upper() for operations in fitting for method in operations)) or "GET"


def _complaint(error: Mapping[str, object]) -> Complaint:
    """Without the value that was sent: it may be a secret."""
    location = error["loc"]
    assert isinstance(location, tuple)
    parts = [str(part) for part in location]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return Complaint(".".join(parts), str(error["msg"]))
