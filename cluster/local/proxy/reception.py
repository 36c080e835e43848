"""What a request is for: the workspace that is asked, or our own answer."""

from dataclasses import dataclass
from pathlib import Path

from cluster.local.proxy import pages
from cluster.local.proxy.bodies import Body
from cluster.local.proxy.gate import Gate
from cluster.local.proxy.headers import is_upgrade
from cluster.local.proxy.messages import Reply, Request
from cluster.local.proxy.routes import Routes
from cluster.local.proxy.sites import Site


@dataclass(frozen=True, slots=True)
class Destination:
    """A workspace that runs, by the site that a browser came to."""

    site: Site
    socket: Path


class Reception:
    """Lets nobody past whom the gate does not admit."""

    def __init__(self, gate: Gate, routes: Routes) -> None:
        self._gate = gate
        self._routes = routes

    def receive(self, request: Request, body: Body) -> Destination | Reply:
        site = self._gate.admit(request)
        if isinstance(site, Reply):
            return site
        accept = request.headers.get("accept")
        if is_upgrade(request.headers) and not (request.method == "GET" and request.version == "1.1" and body.complete):
            return pages.bad_request(site).reply(accept)
        if request.headers.get("expect").lower() not in ("", "100-continue"):
            return pages.unreadable(417).reply(accept)
        socket = self._routes.socket(site.workspace)
        return pages.not_running(site).reply(accept) if socket is None else Destination(site, socket)
