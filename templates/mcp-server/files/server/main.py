"""Over HTTP: `/mcp` for assistants, `/health` for everyone."""

import os
from pathlib import Path

from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import JSONResponse

from server import logs
from server.tools import create_server

logs.configure("uvicorn", "uvicorn.access")
server = create_server(Path("notes"))


@server.custom_route("/health", methods=["GET"])
async def health(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


# Only these names are answered, so that no web page can reach the tools through a name of its own.
HOSTS = ["127.0.0.1:*", "localhost:*", *filter(None, os.environ.get("MCP_HOSTS", "").split(","))]
app = server.streamable_http_app(transport_security=TransportSecuritySettings(allowed_hosts=HOSTS))
