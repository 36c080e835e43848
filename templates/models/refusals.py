"""What a server's refusal means: its status and words as an error with what to do.

Sources: OpenRouter's https://openrouter.ai/docs/api-reference/errors, and what Ollama, llama.cpp, vLLM and OpenAI say.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from templates.models.errors import (
    ContextTooLongError,
    ModelError,
    ModelGoneError,
    ModelServerFailedError,
    ModeratedError,
    NoCreditError,
    NoKeyError,
    RateLimitError,
    WrongKeyError,
)
from templates.models.server import Server

LONGEST = 400
"""Characters that are shown of what a server says."""

_CONTEXT = re.compile(
    r"context[ _](length|window|size)|maximum context|max_model_len|exceed\w* the available context|prompt is too long"
    r"|too many (input )?tokens|token_limit_exceeded|context_length_exceeded|string_too_long",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"not a valid model|model.{0,80}(not found|does not exist|not exist|is not available|unknown)"
    r"|no endpoints found|model_not_found|model_deprecated|no_endpoints|unknown model|try pulling it",
    re.IGNORECASE | re.DOTALL,
)
_MODERATED = re.compile(r"moderation|flagged|content[ _]policy|content_filter|safety", re.IGNORECASE)
_CREDIT = re.compile(r"insufficient (credits|balance|quota|funds)|insufficient_quota|payment_required", re.IGNORECASE)


def refusal(server: Server, model: str, status: int, body: bytes) -> ModelError:
    """The error for an answer that is none; `status` is HTTP's, or the code inside a stream."""
    said, machine = _words(body)
    said = server.without_key(said)
    detail = f"{model}: {said}" if said else f"{model}: the server answered {status}."
    everything = f"{said} {machine}"
    if status == 401:
        if server.key is None:
            return NoKeyError(f"{server.url} wants a key.")
        return WrongKeyError(said or "The server answered 401.")
    if status == 402 or _CREDIT.search(everything):
        return NoCreditError(said or "The server answered 402.")
    if status == 403:
        return ModeratedError(detail) if _MODERATED.search(everything) else WrongKeyError(detail)
    if status == 429:
        return RateLimitError(detail)
    if status in (400, 413, 422, 500) and (status == 413 or _CONTEXT.search(everything)):
        return ContextTooLongError(detail)
    if status == 404 or (status in (400, 422) and _GONE.search(everything)):
        return ModelGoneError(detail)
    if status in (400, 422) and _MODERATED.search(everything):
        return ModeratedError(detail)
    if status == 408 or status >= 500:
        return ModelServerFailedError(detail)
    return ModelError(detail)


def _words(body: bytes) -> tuple[str, str]:
    """What the body says to a person, and what it says to a program."""
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        text = body.decode("utf-8", "replace").strip()
        return ("" if text.startswith("<") else _short(text)), ""
    error = as_table(parsed).get("error", parsed)
    if isinstance(error, str):
        return _short(error), ""
    table = as_table(error)
    said = table.get("message") or table.get("detail") or ""
    metadata = as_table(table.get("metadata"))
    machine = " ".join(str(one) for one in (table.get("type"), table.get("code"), json.dumps(metadata, default=str)))
    raw = metadata.get("raw")
    if isinstance(raw, str) and raw and len(str(said)) < 40:  # "Provider returned error" alone helps nobody
        said = f"{said}: {raw}"
    return _short(str(said)), machine


def as_table(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
