"""How errors and streams are described in the OpenAPI document."""

from typing import Any

from launcher.serve.models import Problem
from launcher.serve.problems import MEDIA_TYPE

Responses = dict[int | str, dict[str, Any]]

_WORDS = {
    202: "Begun; the answer says where to follow it",
    304: "Nothing has changed",
    400: "Not a request that can be answered",
    401: "Neither the token nor a browser that was let in",
    403: "Of another host or page",
    404: "Not there",
    409: "What is there stands in the way",
    413: "Too large",
    415: "Not JSON",
    422: "Does not fit its description",
    429: "Too much at once",
    500: "Something went wrong",
    503: "An engine is out of reach",
    507: "No room left",
}


def problems(*statuses: int) -> Responses:
    """Beside those that every route may answer."""
    return {status: problem_response(_WORDS[status]) for status in sorted({*statuses, 400, 401, 403, 422, 500, 503})}


def problem_response(words: str) -> dict[str, Any]:
    return {"model": Problem, "description": words, "content": {MEDIA_TYPE: {}}}


def events(words: str) -> Responses:
    """A stream of server-sent events."""
    return {200: {"description": words, "content": {"text/event-stream": {"schema": {"type": "string"}}}}}


UNCHANGED: Responses = {304: {"description": _WORDS[304]}}
