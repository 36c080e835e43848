"""Addresses that Git may be given: three protocols, no options, no passwords."""

import re

from templates.sources.errors import SourceError
from templates.text import has_controls, shown

PROTOCOLS = ("https", "ssh", "file")

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(://|::)")
_SHORT = re.compile(r"[A-Za-z0-9_][\w.-]*@[A-Za-z0-9][\w.-]*:(?![-/:])\S+")
"""`git@host:path`, as ssh has it."""
_PARTS = re.compile(r"(?P<scheme>https|ssh|file)://(?P<user>[^/@]*@)?(?P<host>(?:[A-Za-z0-9\[][^/@]*)?)/\S+")


def is_url(place: str) -> bool:
    """Whether this is meant for Git, and not the path of a folder."""
    return _SCHEME.match(place) is not None or _SHORT.fullmatch(place) is not None


def check_url(place: str) -> str:
    """The address itself, if Git may be given it. Raises SourceError, which does not repeat a password."""
    if has_controls(place) or re.search(r"\s", place) or len(place) > 2000:
        raise SourceError("The address has spaces or control characters, or is too long.", hint=_HINT)
    if _SHORT.fullmatch(place):
        return place
    parts = _PARTS.fullmatch(place)
    if parts is None:
        scheme = re.match(r"[\w+.-]*", place)
        raise SourceError(f"Nothing is fetched by {shown(scheme[0] if scheme else '')!r} like this.", hint=_HINT)
    user, scheme = parts["user"] or "", parts["scheme"]
    if ":" in user or (user and scheme != "ssh"):
        hint = "Leave it out, and keep it with Git: `git help credentials` says how; or use the address for ssh."
        raise SourceError("The address has a password or a token in it, which would be kept in a file.", hint=hint)
    if user.startswith("-") or (scheme == "file") != (parts["host"] == ""):
        raise SourceError("The address has no host, or one too many.", hint=_HINT)
    return place


def name_in(place: str) -> str:
    """The last part of an address or a path, as a source may be called; empty where nothing of it can be kept."""
    last = re.split(r"[/:]", place.rstrip("/"))[-1].removesuffix(".git")
    return re.sub(r"[^a-z0-9]+", "-", last.lower()).strip("-")[:40].rstrip("-")


_HINT = "Use https://HOST/PATH, ssh://HOST/PATH, git@HOST:PATH or file:///PATH; or the path of a folder."
