"""What a browser meets at a workspace's address: a page, its WebSocket and /healthz, as code-server answers them."""

from typing import Self

from aiohttp import WSCloseCode, web


class FakeEditor:
    """Stands in for the ingress with one code-server behind each host name; `not_found` hosts are unknown to it."""

    def __init__(self) -> None:
        self.not_found: set[str] = set()
        self.last_heartbeat = 0
        self.hosts: list[str] = []

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/", self._page)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def port(self) -> int:
        return int(self._runner.addresses[0][1])

    async def _page(self, request: web.Request) -> web.StreamResponse:
        self.hosts.append(request.host)
        if request.host in self.not_found:
            return web.Response(status=404, text="404 page not found\n")
        if request.headers.get("Upgrade", "").lower() == "websocket":
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await socket.close(code=WSCloseCode.OK)
            return socket
        if "folder" not in request.query:
            raise web.HTTPFound("./?folder=/home/coder/project")
        return web.Response(text="<html>the workbench</html>", content_type="text/html")

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "alive", "lastHeartbeat": self.last_heartbeat})
