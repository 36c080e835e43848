"""Datadog's Real User Monitoring in the pages of a project: the snippet, and where it goes.

Source: https://docs.datadoghq.com/real_user_monitoring/application_monitoring/browser/setup/ (browser SDK v7).
"""

import html
import json
import re
from dataclasses import dataclass, replace

from templates.project import Project, ProjectFile

_REGIONS = {"datadoghq.com": "us1", "datadoghq.eu": "eu1"}
_HEAD_ENDS = re.compile(r"([ \t]*)</head\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rum:
    """`application` and `token` are what pages carry for all to see; `site` is where they send to."""

    application: str
    token: str
    site: str


def with_rum(project: Project, rum: Rum | None, service: str) -> Project:
    """The project with the snippet at the end of each page's head; pages are its `.html` files that have one.

    Where nothing is set for it, the project as it is.
    """
    if rum is None:
        return project
    return replace(project, files=tuple(_seen(file, snippet(rum, service)) for file in project.files))


def snippet(rum: Rum, service: str) -> str:
    """One element that loads the SDK beside the page, and starts it: what people type stays hidden."""
    options = {
        "applicationId": rum.application,
        "clientToken": rum.token,
        "site": rum.site,
        "service": service,
        "env": "local",
        "sessionSampleRate": 100,
        "sessionReplaySampleRate": 0,
        "defaultPrivacyLevel": "mask-user-input",
        "trackUserInteractions": True,
        "trackResources": True,
        "trackLongTasks": True,
    }
    start = html.escape(f"window.DD_RUM.init({json.dumps(options)})")
    return f'<script async src="{sdk_address(rum.site)}" onload="{start}"></script>'


def intake(site: str) -> str:
    """Where the SDK sends to (https://docs.datadoghq.com/integrations/content_security_policy_logs/)."""
    *before, top = site.split(".")
    return f"https://browser-intake-{'-'.join(before)}.{top}"


def sdk_address(site: str) -> str:
    host = "https://www.datadoghq-browser-agent.com"
    if site.endswith("ddog-gov.com"):
        return f"{host}/datadog-rum-v7.js"
    return f"{host}/{_REGIONS.get(site) or site.partition('.')[0]}/v7/datadog-rum.js"


def _seen(file: ProjectFile, element: str) -> ProjectFile:
    if not file.path.endswith((".html", ".htm")) or file.content is None:
        return file
    try:
        page = file.content.decode()
    except UnicodeDecodeError:
        return file
    found = _HEAD_ENDS.search(page)
    if found is None:
        return file
    line = f"{found[1]}  {element}\n"
    return replace(file, content=f"{page[: found.start()]}{line}{page[found.start() :]}".encode())
