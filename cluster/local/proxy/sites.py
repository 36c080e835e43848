"""Which host names are ours: `NAME.BASE` is a workspace's editor, `PORT-NAME.BASE` what it serves on that port."""

import re
from dataclasses import dataclass
from functools import lru_cache

_LABEL = re.compile(r"(?:([1-9][0-9]{0,4})-)?([a-z](?:[a-z0-9-]*[a-z0-9])?)")


@dataclass(frozen=True, slots=True)
class Site:
    """One host that a browser comes to; `port` None is the editor."""

    workspace: str
    port: int | None = None

    @property
    def label(self) -> str:
        return self.workspace if self.port is None else f"{self.port}-{self.workspace}"

    @property
    def editor(self) -> "Site":
        return Site(self.workspace)


@dataclass(frozen=True, slots=True)
class Sites:
    """All hosts below a base domain, on the one port that the proxy listens on."""

    base_domain: str
    port: int

    def authority(self, site: Site) -> str:
        """As a browser sends it in Host: without the port where it is http's own."""
        return f"{site.label}.{self._base}"

    def url(self, site: Site) -> str:
        """Without a slash at its end, as a browser sends it in Origin."""
        return f"http://{self.authority(site)}"

    def parse(self, authority: str) -> Site | None:
        """The site that a Host header names; None for a foreign name or port."""
        label, dot, base = authority.lower().partition(".")
        return _parse_label(label) if dot and base == self._base else None

    @property
    def _base(self) -> str:
        return self.base_domain if self.port == 80 else f"{self.base_domain}:{self.port}"


@lru_cache(maxsize=256)
def _parse_label(label: str) -> Site | None:
    match = _LABEL.fullmatch(label)
    if match is None:
        return None
    port = int(match[1]) if match[1] else None
    return Site(match[2], port) if port is None or port < 65536 else None
