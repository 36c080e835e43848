"""What can be wrong with a request; what goes wrong beyond it has errors of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from templates.errors import VibeCodeError


class MalformedRequestError(VibeCodeError):
    code = "request-malformed"
    title = "The request is not one that can be answered"
    hint = "`GET /api/openapi.json` describes every request, with examples."


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong in one place of a request, such as `body.files.0.path`."""

    where: str
    what: str


class InvalidRequestError(VibeCodeError):
    """A request that does not fit its description; `complaints` say where."""

    code = "request-invalid"
    title = "The request does not fit its description"
    hint = "Mend what is named; `GET /api/openapi.json` describes every request, with examples."

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__("\n".join(f"{one.where}: {one.what}" for one in complaints))
        self.complaints = tuple(complaints)


class NoAccessError(VibeCodeError):
    code = "no-access"
    title = "This caller has no access"
    hint = (
        "In a browser: `vibecode serve --open`. For a script: send `Authorization: Bearer TOKEN` with the token that "
        "`vibecode serve --token` prints."
    )


class ForeignHostError(VibeCodeError):
    code = "foreign-host"
    title = "There is no such address here"
    hint = "`vibecode serve --open` opens the address that there is."


class ForeignOriginError(VibeCodeError):
    code = "foreign-origin"
    title = "A page of another address tried to use VibeCode"
    hint = "`vibecode serve --open` opens VibeCode's own page."


class RouteNotFoundError(VibeCodeError):
    code = "not-found"
    title = "There is nothing at this address"
    hint = "`GET /api/openapi.json` lists what there is."


class MethodNotAllowedError(VibeCodeError):
    code = "method-not-allowed"
    title = "This address does not take this method"
    hint = "`GET /api/openapi.json` says which it takes."


class BodyTooLargeError(VibeCodeError):
    code = "body-too-large"
    title = "The request's body is too large"
    hint = "Send less at once."


class UnsupportedBodyError(VibeCodeError):
    code = "body-unsupported"
    title = "The request's body is in a form that is not understood"
    hint = "Send JSON as it is, with `Content-Type: application/json` and no Content-Encoding."


class TooManyRequestsError(VibeCodeError):
    """Asked too often, or too much of it is under way; `seconds` until it may be tried again."""

    code = "too-many-requests"
    title = "Too much at once"
    hint = "Wait as long as Retry-After says, then send the same request again."

    def __init__(self, detail: str, *, seconds: int) -> None:
        super().__init__(detail)
        self.seconds = seconds


class JobNotFoundError(VibeCodeError):
    code = "job-not-found"
    title = "There is no such job"
    hint = "`GET /api/jobs` lists them; those of a server that ended are gone, and the same request begins it again."


class ProposalNotFoundError(VibeCodeError):
    code = "proposal-not-found"
    title = "There is no such proposal"
    hint = "Ask for the change again; proposals are kept for a while, and not over the server's end."


class ServerRunsError(VibeCodeError):
    code = "serve-port-taken"
    title = "The port is taken"
    hint = "Choose another: `vibecode serve --port 8421`."


class InsecureAddressError(VibeCodeError):
    code = "serve-insecure"
    title = "VibeCode is not shown to others without TLS"
    hint = "Add `--certificate FILE --key FILE`, or leave `--host` out."


class ServerNotRunningError(VibeCodeError):
    code = "serve-not-running"
    title = "VibeCode's server is not running"
    hint = "`vibecode serve` starts it."
