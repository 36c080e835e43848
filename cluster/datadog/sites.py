"""Datadog's sites: each is a Datadog of its own, and a key is good on one of them.

Source: https://docs.datadoghq.com/getting_started/site/.
"""

from cluster.datadog.errors import DatadogSiteError

COMMERCIAL = (
    "datadoghq.com",
    "datadoghq.eu",
    "us3.datadoghq.com",
    "us5.datadoghq.com",
    "ap1.datadoghq.com",
    "ap2.datadoghq.com",
    "uk1.datadoghq.com",
)
"""Those at which a key is tried where nobody has named its site."""

SITES = (*COMMERCIAL, "ddog-gov.com", "us2.ddog-gov.com")
_PREFIXES = ("https://", "http://", "app.", "api.")


def known_site(written: str, where: str) -> str:
    """The site in its one form; `where` is where it was written. Raises DatadogSiteError for what is none."""
    site = written.strip().lower().rstrip("/")
    for prefix in _PREFIXES:
        site = site.removeprefix(prefix)
    if site not in SITES:
        hint = f"{where} takes one of {', '.join(SITES)}; or leave it out, and the key tells its site."
        raise DatadogSiteError(f"{where} is {written[:80]!r}.", hint=hint)
    return site


def api_url(site: str) -> str:
    return f"https://api.{site}"


def page_url(site: str, path: str = "") -> str:
    """A page for people; sites without a part of their own before the domain have theirs at `app.`."""
    host = f"app.{site}" if site in ("datadoghq.com", "datadoghq.eu", "ddog-gov.com") else site
    return f"https://{host}/{path}"
