"""Real User Monitoring in what `new` makes and in the portal, where an application of Datadog's is set for it."""

from collections.abc import Mapping

from launcher.context import Context
from launcher.datadog import named_site
from launcher.settings import LoadedSettings
from templates.project import Project
from templates.rum import Rum, with_rum

DEFAULT_SITE = "datadoghq.com"
"""Datadog's own, where nobody names another."""


def rum_of(loaded: LoadedSettings, environ: Mapping[str, str]) -> Rum | None:
    """None where application and client token are not both set. Raises DatadogSiteError."""
    settings = loaded.values
    if not (settings.datadog_rum_application and settings.datadog_rum_token):
        return None
    site = named_site(loaded, environ)
    return Rum(settings.datadog_rum_application, settings.datadog_rum_token, site.name if site else DEFAULT_SITE)


def seen_by_datadog(project: Project, context: Context, name: str) -> Project:
    """The project as it is where nothing is set for it. Raises DatadogSiteError."""
    rum = rum_of(context.loaded, context.console.environ)
    return project if rum is None else with_rum(project, rum, name)
