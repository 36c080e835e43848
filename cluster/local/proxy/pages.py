"""The pages that the proxy itself answers: what happened, and the command that helps."""

from dataclasses import dataclass
from html import escape

from cluster.local.proxy.messages import Reply
from cluster.local.proxy.sites import Site, Sites

_LAYOUT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }}
body {{ max-width: 34rem; margin: 15vh auto; padding: 0 1rem }}
code {{ font-size: 1.1em }}
</style>
<h1>{title}</h1>
<p>{detail}</p>
<p>{action}<br><code>{command}</code></p>
</html>
"""


@dataclass(frozen=True, slots=True)
class Page:
    """A refusal or a failure in a person's words; `command` is typed in a terminal."""

    status: int
    title: str
    detail: str
    action: str
    command: str

    def reply(self, accept: str = "") -> Reply:
        """HTML for a browser, plain text for everything else; the connection ends with it."""
        html = "text/html" in accept
        if html:
            title, detail, action, command = map(escape, (self.title, self.detail, self.action, self.command))
            text = _LAYOUT.format(title=title, detail=detail, action=action, command=command)
        else:
            text = f"{self.title}\n{self.detail}\n{self.action} {self.command}\n"
        fields = (
            ("Content-Type", f"text/{'html' if html else 'plain'}; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
            ("X-Content-Type-Options", "nosniff"),
        )
        return Reply(self.status, fields, text.encode(), last=True)


def no_pass(site: Site) -> Page:
    return Page(
        401,
        "This browser has no pass",
        "A workspace opens only for a browser that VibeCode sent here. The link that it opens works once, for five"
        " minutes.",
        "Open the workspace from a terminal:",
        _open(site),
    )


def foreign_host(sites: Sites) -> Page:
    return Page(
        421,
        "There is no such address here",
        f"Workspaces are at NAME.{sites.base_domain}, what they serve at PORT-NAME.{sites.base_domain}, both on port"
        f" {sites.port}.",
        "What there is, with its addresses:",
        "vibecode list",
    )


def foreign_origin(site: Site) -> Page:
    return Page(
        403,
        "Another page tried to use this workspace",
        "VibeCode refuses what a page of another address sends to a workspace.",
        "Open the workspace from a terminal:",
        _open(site),
    )


def bad_request(site: Site) -> Page:
    return Page(
        400,
        "This request cannot be passed on",
        "It is not one that a browser makes.",
        "Open the workspace from a terminal:",
        _open(site),
    )


def unreadable(status: int = 400) -> Page:
    return Page(
        status,
        "This request cannot be read",
        "It is not one that a browser makes.",
        "What there is, with its addresses:",
        "vibecode list",
    )


def not_running(site: Site) -> Page:
    return Page(
        503,
        f"{site.workspace} is not running",
        "There is no workspace of this name, or it is stopped.",
        "Start it from a terminal, then load this page again:",
        f"vibecode start {site.workspace}",
    )


def no_answer(site: Site) -> Page:
    return Page(
        502,
        f"{site.workspace} does not answer",
        "Its editor is starting, or it ended. Load this page again in a moment.",
        "If it stays so, this shows why:",
        f"vibecode logs {site.workspace}",
    )


def _open(site: Site) -> str:
    return f"vibecode open {site.workspace}" + (f" --port {site.port}" if site.port is not None else "")
