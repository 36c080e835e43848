"""What every request goes through before anything else is done with it: named, checked, admitted, logged."""

import logging
import re
import secrets
from time import monotonic
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from launcher.serve import limits
from launcher.serve.access import Access
from launcher.serve.address import Address
from launcher.serve.errors import (
    BodyTooLargeError,
    ForeignHostError,
    ForeignOriginError,
    MalformedRequestError,
    NoAccessError,
    UnsupportedBodyError,
)
from launcher.serve.pages import content_security, no_access
from launcher.serve.problems import as_vibecode_error, problem
from templates.errors import UnexpectedError, VibeCodeError
from templates.text import size_in_words

log = logging.getLogger(__name__)

API = "/api/"
SYNC = "/api/files/sync"
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", content_security().encode()),
)
"""What every answer has, but for what it says itself."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Guard:
    """An ASGI application before the application."""

    def __init__(self, app: ASGIApp, access: Access, address: Address, changes: limits.Bucket) -> None:
        self._app = app
        self._access = access
        self._address = address
        self._changes = changes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers, started = Headers(scope=scope), monotonic()
        request_id = _request_id(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = [*message.get("headers", ())]
                named = {name.lower() for name, _ in given}
                own = [one for one in SECURITY_HEADERS if one[0] not in named]
                message["headers"] = [*given, (b"x-request-id", request_id.encode()), *own]
            await send(message)

        try:
            answer = self._admit(scope, headers)
            await (answer or self._app)(scope, receive, marked)
        except VibeCodeError as error:
            await problem(error, request_id, _challenge(error))(scope, receive, marked)
        except Exception as error:
            if status:
                raise
            await self._unexpected(error, request_id)(scope, receive, marked)
        finally:
            level = logging.DEBUG if status < 400 and scope["method"] in _SAFE else logging.INFO
            words = (scope["method"], _route(scope), status, monotonic() - started, request_id)
            log.log(level, "%s %s %d %.3f s %s", *words)

    def _admit(self, scope: Scope, headers: Headers) -> Response | None:
        """None where the application is to answer. Raises a VibeCodeError for what is refused."""
        host = self._host(headers)
        self._check_origin(scope, headers, host)
        if "content-encoding" in headers:
            raise UnsupportedBodyError("It is encoded.")
        if "transfer-encoding" in headers and "content-length" in headers:
            raise MalformedRequestError("Its body has two lengths.")
        _check_length(scope, headers)
        _check_path(scope)
        query = scope["query_string"].decode("ascii", "replace")
        if scope["method"] == "GET" and not scope["path"].startswith(API):
            rest = self._access.redeem(query)
            if rest is not None:
                return self._let_in(scope, rest)
        if not self._admitted(scope, headers):
            if "text/html" in headers.get("accept", "") and not scope["path"].startswith(API):
                return HTMLResponse(no_access(), 401, {"Cache-Control": "no-store", "WWW-Authenticate": "Bearer"})
            raise NoAccessError("It showed neither the token nor the cookie of a browser that was let in.")
        if scope["method"] not in _SAFE:
            self._changes.take()
        return None

    def _host(self, headers: Headers) -> str:
        match headers.getlist("host"):
            case [host] if host.lower() in self._address.authorities:
                return host.lower()
            case _:
                raise ForeignHostError("The request names a host that is not this server.")

    def _check_origin(self, scope: Scope, headers: Headers, host: str) -> None:
        """Without Origin it is no page's doing, or a page of ours reads; `null` is what a page without a name sends."""
        match headers.getlist("origin"):
            case []:
                if scope["path"].startswith(API) and headers.get("sec-fetch-site") in ("cross-site", "same-site"):
                    raise ForeignOriginError("It came from a page of another site.")
            case [origin] if origin == f"{self._address.scheme}://{host}":
                return
            case _:
                raise ForeignOriginError("Its Origin is not VibeCode's own page.")

    def _admitted(self, scope: Scope, headers: Headers) -> bool:
        if self._access.by_token(headers.getlist("authorization")):
            return True
        if not self._access.by_cookie(headers.getlist("cookie")):
            return False
        own = "origin" in headers or headers.get("sec-fetch-site") == "same-origin"  # its value was checked before
        page = scope["method"] in ("GET", "HEAD") and not scope["path"].startswith(API)
        return own or page  # a page holds nothing by itself, and a person may come to it from anywhere

    def _let_in(self, scope: Scope, query: str) -> Response:
        path = scope["raw_path"].decode("ascii")
        return Response(
            status_code=303,
            headers={
                "Location": f"{path}?{query}" if query else path,
                "Cache-Control": "no-store",
                "Set-Cookie": self._access.set_cookie(secure=self._address.scheme == "https"),
            },
        )

    def _unexpected(self, error: Exception, request_id: str) -> Response:
        try:
            return problem(as_vibecode_error(error), request_id)
        except Exception:
            log.exception("request %s", request_id)
            hint = f"Send it again; if it fails again, the log file has the details, at {request_id}."
            return problem(UnexpectedError(f"{type(error).__name__} in the server.", hint=hint), request_id)


def _request_id(headers: Headers) -> str:
    """The caller's own, where it has one of a form that can be logged."""
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _check_path(scope: Scope) -> None:
    """Refuses what only reads as a path after it is decoded twice, or leads out of one."""
    raw: bytes = scope["raw_path"]
    path = unquote(raw.decode("latin-1"), errors="strict") if _decodes(raw) else ""
    if not path.startswith("/") or not path.isprintable() or "\\" in path or "//" in path:
        raise MalformedRequestError("Its path is not one that a browser sends.")
    if any(part in (".", "..") for part in path.split("/")):
        raise MalformedRequestError("Its path leads out of itself.")


def _check_length(scope: Scope, headers: Headers) -> None:
    """Refuses what says itself that it is too long; what does not say it is cut off when it is read."""
    length = headers.get("content-length", "0")
    limit = limits.SYNC_BODY if scope["path"] == SYNC else limits.BODY
    if not length.isascii() or not length.isdecimal():
        raise MalformedRequestError("Its body has no length.")
    if int(length) > limit:
        raise BodyTooLargeError(f"It has {size_in_words(int(length))}; {size_in_words(limit)} are allowed.")


def _decodes(raw: bytes) -> bool:
    try:
        unquote(raw.decode("ascii"), errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _challenge(error: VibeCodeError) -> dict[str, str]:
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, NoAccessError) else {}


def _route(scope: Scope) -> str:
    """The route's pattern, since a path may hold what nobody should read in a log."""
    return getattr(scope.get("route"), "path", "-")
