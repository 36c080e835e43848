"""Who gets in: every request and every upgrade goes through here before anything else is done with it."""

from urllib.parse import quote, unquote

from cluster.local.proxy import pages
from cluster.local.proxy.headers import is_upgrade
from cluster.local.proxy.messages import Field, Reply, Request
from cluster.local.proxy.pages import Page
from cluster.local.proxy.passes import Passes
from cluster.local.proxy.sites import Site, Sites
from cluster.local.proxy.tickets import PARAMETER, Tickets, is_ticket

HOP = "/.vibecode/port/"
"""Where an editor's host sends a browser that has its pass on to one of the workspace's ports, with a ticket."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_REFUSED = frozenset({"CONNECT", "TRACE"})


class Gate:
    """Admits a request to a site, or answers it: with a page that says why not, or with a redirect on the way in."""

    def __init__(self, sites: Sites, tickets: Tickets, passes: Passes) -> None:
        self._sites = sites
        self._tickets = tickets
        self._passes = passes

    def admit(self, request: Request) -> Site | Reply:
        hosts = request.headers.all("host")
        site = self._sites.parse(hosts[0]) if len(hosts) == 1 else None
        if site is None:
            return _refusal(request, pages.foreign_host(self._sites))
        target = request.target
        if not _is_plain(request):
            return _refusal(request, pages.bad_request(site))
        if not self._own_origin(request, site):
            return _refusal(request, pages.foreign_origin(site))
        admitted = self._passes.admits(site.label, request.headers.all("cookie"))
        if request.method == "GET" and (ticket := _ticket(target)) is not None:
            if self._tickets.redeem(ticket, site.label):
                return self._go(site, _without_ticket(target), set_cookie=self._passes.set_cookie(site.label))
            if admitted:  # an old link, in a browser that is in already
                return self._go(site, _without_ticket(target))
        if not admitted:
            if site.port is not None and _is_navigation(request):
                return self._go(site.editor, f"{HOP}{site.port}?to={quote(target, safe='')}")
            return _refusal(request, pages.no_pass(site))
        if site.port is None and target.startswith(HOP):
            return self._hop(request, site, target)
        return site

    def _hop(self, request: Request, site: Site, target: str) -> Reply:
        port, _, to = target.removeprefix(HOP).partition("?to=")
        there = self._sites.parse(self._sites.authority(Site(site.workspace, int(port)))) if port.isdigit() else None
        to = unquote(to)
        if there is None or not to.startswith("/") or not to.isprintable() or not to.isascii():
            return _refusal(request, pages.bad_request(site))
        query = "&" if "?" in to else "?"
        return self._go(there, f"{to}{query}{PARAMETER}={self._tickets.issue(there.label)}")

    def _go(self, site: Site, target: str, *, set_cookie: str | None = None) -> Reply:
        fields: tuple[Field, ...] = (
            ("Location", self._sites.url(site) + target),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
        )
        return Reply(302, fields if set_cookie is None else (*fields, ("Set-Cookie", set_cookie)))

    def _own_origin(self, request: Request, site: Site) -> bool:
        """Whether what changes things, or opens a WebSocket, comes from a page of this site.

        Without Origin it is no browser. `null` is what a browser sends for a page under `Referrer-Policy: no-referrer`;
        then its Sec-Fetch-Site, which no page can set, decides. What a workspace serves on one port may use another.
        """
        if request.method in _SAFE and not is_upgrade(request.headers):
            return True
        origins = request.headers.all("origin")
        if not origins:
            return True
        if len(origins) > 1:
            return False
        if origins[0] == "null":
            return request.headers.get("sec-fetch-site") == "same-origin"
        scheme, _, authority = origins[0].partition("://")
        origin = self._sites.parse(authority) if scheme == "http" else None
        return origin == site or (origin is not None and site.port is not None and origin.workspace == site.workspace)


def _refusal(request: Request, page: Page) -> Reply:
    return page.reply(request.headers.get("accept"))


def _is_plain(request: Request) -> bool:
    """Whether it is what a browser sends to a server: a path, and a method that is not for proxies."""
    target = request.target
    return request.method not in _REFUSED and target.startswith("/") and target.isascii() and "#" not in target


def _is_navigation(request: Request) -> bool:
    """Whether a person's browser loads a page, and not a page its parts; Accept tells where Sec-Fetch-Mode does not."""
    if request.method != "GET" or is_upgrade(request.headers):
        return False
    if "sec-fetch-mode" in request.headers:
        return request.headers.get("sec-fetch-mode") == "navigate"
    return "text/html" in request.headers.get("accept")


def _ticket(target: str) -> str | None:
    for part in target.partition("?")[2].split("&"):
        name, _, value = part.partition("=")
        if name == PARAMETER and is_ticket(value):
            return value
    return None


def _without_ticket(target: str) -> str:
    path, _, query = target.partition("?")
    kept = "&".join(part for part in query.split("&") if not part.startswith(f"{PARAMETER}="))
    return f"{path}?{kept}" if kept else path
