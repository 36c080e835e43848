"""Real User Monitoring in what `new` makes, where an application of Datadog's is set for it."""

from launcher.context import Context
from launcher.datadog import named_site
from templates.project import Project
from templates.rum import Rum, with_rum

DEFAULT_SITE = "datadoghq.com"
"""Datadog's own, where nobody names another."""


def seen_by_datadog(project: Project, context: Context, name: str) -> Project:
    """The project as it is where application and client token are not both set. Raises DatadogSiteError."""
    settings = context.loaded.values
    if not (settings.datadog_rum_application and settings.datadog_rum_token):
        return project
    site = named_site(context.loaded, context.console.environ)
    rum = Rum(settings.datadog_rum_application, settings.datadog_rum_token, site.name if site else DEFAULT_SITE)
    return with_rum(project, rum, name)
