"""What it means that the API server refuses, or does not answer: typed errors, and which may pass if asked again."""

import json
from collections.abc import Mapping
from typing import cast

from cluster.errors import ApiError, ClusterUnreachableError
from cluster.kube.retry import TryAgainError

TRANSIENT = frozenset({429, 500, 502, 503, 504})

_QUOTA_HINT = "`vibecode list` shows what takes it; `vibecode stop NAME` or `vibecode delete NAME` frees some."
_HINTS = {
    401: "The credentials that VibeCode keeps are no longer valid: `vibecode up` reads them anew.",
    403: "The kubeconfig's user lacks this permission: use one who has it, or ask who runs the cluster for it.",
    429: "The cluster is busy: wait a minute, then run the same command again.",
}


def api_error(request: str, status: int, body: bytes) -> ApiError:
    """The error that a `Status` object tells, or whatever else a refusing answer holds."""
    message, reason = _words(body)
    hint = _QUOTA_HINT if status == 403 and "exceeded quota" in message else _HINTS.get(status)
    detail = message or f"{request} was answered with HTTP status {status}."
    return ApiError(detail, status=status, reason=reason, hint=hint)


def refusal(
    request: str, status: int, body: bytes, after: str | None = None, *, idempotent: bool
) -> ApiError | TryAgainError:
    """What to raise for an answer that is not a success; `after` is its Retry-After header.

    What must not be done twice is only sent again where the server says that it did nothing: 429, and 503 with a
    Retry-After, are answered before a request is acted upon.
    """
    error, wish = api_error(request, status, body), _seconds(after)
    passes = status in TRANSIENT if idempotent else status == 429 or (status == 503 and wish is not None)
    return TryAgainError(error, wish) if passes else error


def no_answer(server: str, error: Exception, *, again: bool) -> ClusterUnreachableError | TryAgainError:
    """What to raise where no answer came; `again` says whether the request may be sent once more."""
    words = str(error) or type(error).__name__
    unreachable = ClusterUnreachableError(f"{server} does not answer: {words}.")
    certificate = "CERTIFICATE_VERIFY_FAILED" in words  # another cluster answers at this address: it will not pass
    return TryAgainError(unreachable) if again and not certificate else unreachable


def _seconds(after: str | None) -> float | None:
    """The header's form as a date is not used by Kubernetes, and ignored."""
    return float(after) if after is not None and after.isascii() and after.isdigit() else None


def _words(body: bytes) -> tuple[str, str]:
    """A `Status` object's message and reason; the first line of what is not one, as proxies and kubelets answer."""
    try:
        parsed: object = json.loads(body)
    except ValueError:
        line = body[:500].decode("utf-8", "replace").strip().split("\n", 1)[0]
        return ("" if line.startswith("<") else line), ""
    if not isinstance(parsed, dict):
        return "", ""
    status = cast("Mapping[str, object]", parsed)
    return str(status.get("message") or ""), str(status.get("reason") or "")
