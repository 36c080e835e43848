"""Real User Monitoring in the pages of new projects and in the portal, where it is set."""

from collections.abc import Mapping

from launcher.datadog import named_site
from launcher.settings import LoadedSettings
from templates.rum import Rum

DEFAULT_SITE = "datadoghq.com"
"""Datadog's own, where nobody names another."""


def rum_of(loaded: LoadedSettings, environ: Mapping[str, str]) -> Rum | None:
    """None where application and client token are not both set. Raises DatadogSiteError."""
    settings = loaded.values
    if not (settings.datadog_rum_application and settings.datadog_rum_token):
        return None
    site = named_site(loaded, environ)
    return Rum(settings.datadog_rum_application, settings.datadog_rum_token, site.name if site else DEFAULT_SITE)
