"""The API as a web application."""

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from launcher.serve import limits
from launcher.serve.guard import Guard
from launcher.serve.problems import answer_error
from launcher.serve.routes import ai, catalog, chat, files, jobs, portal, session, status, workspaces
from launcher.serve.surroundings import Surroundings
from templates.errors import VibeCodeError

DESCRIPTION = """Workspaces for scripts, editors and pages, by the same services as the command line.

Send the token that `vibecode serve --token` prints as `Authorization: Bearer TOKEN`. Errors are problem details
(RFC 9457) with a stable `code` and a `hint` that can work. What takes time answers 202 with a job; its events come as
server-sent events, and a reader that was cut off goes on with `Last-Event-ID`.
"""


def application(given: Surroundings, changes: limits.Bucket | None = None) -> ASGIApp:
    """The guarded application; `changes` limits the rate of requests that change things."""
    changes = changes or limits.Bucket(limits.CHANGES, limits.BURST)
    return Guard(routes(given), given.access, given.address, changes)


def routes(given: Surroundings) -> FastAPI:
    """Without the guard."""
    app = FastAPI(
        title="VibeCode",
        description=DESCRIPTION,
        version=given.version,
        openapi_url="/api/openapi.json",
        docs_url=None,  # they would load scripts from elsewhere
        redoc_url=None,
        max_body_size=limits.BODY,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        servers=[{"url": "/"}],
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.surroundings = given
    for module in (status, workspaces, jobs, session, files, ai, chat, catalog, portal):
        app.include_router(module.router)
    app.include_router(workspaces.live)
    for kind in (VibeCodeError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer_error)
    _describe(app)
    return app


def _describe(app: FastAPI) -> None:
    """Adds to the OpenAPI document what holds for every route."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            document["security"] = [{"token": []}]
        return plain()

    app.openapi = described
