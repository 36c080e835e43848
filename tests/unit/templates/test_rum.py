"""Where the snippet of Real User Monitoring goes, and what it says."""

import html
import json
import re
from html.parser import HTMLParser

import pytest

from templates.project import Manifest, Project, ProjectFile
from templates.rum import Rum, intake, snippet, with_rum

RUM = Rum("11111111-2222-3333-4444-555555555555", "pub0123456789abcdef0123456789abcdef", "datadoghq.eu")
PAGE = b"<!doctype html>\n<html>\n  <head>\n    <title>A</title>\n  </head>\n  <body></body>\n</html>\n"


class Scripts(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append(dict(attrs))


def test_a_page_gets_one_script_at_the_end_of_its_head() -> None:
    made = with_rum(Project(Manifest("A"), (ProjectFile("index.html", PAGE),)), RUM, "shop")
    page = (made.files[0].content or b"").decode()

    [script] = Scripts(page).found
    options = json.loads(re.fullmatch(r"window\.DD_RUM\.init\((.*)\)", script["onload"] or "")[1])  # type: ignore[index]
    assert options["applicationId"] == RUM.application
    assert (options["service"], options["site"], options["env"]) == ("shop", "datadoghq.eu", "local")
    assert options["defaultPrivacyLevel"] == "mask-user-input"
    assert page.index("<script") < page.index("</head>")
    assert page.replace(re.findall(r" *<script.*\n", page)[0], "") == PAGE.decode()


@pytest.mark.parametrize(
    "file",
    [
        ProjectFile("index.html", b"<p>a part of a page</p>"),
        ProjectFile("page.html", b"\xff\xfe</head>"),
        ProjectFile("notes.md", PAGE),
        ProjectFile("link.html", link="index.html"),
    ],
    ids=lambda file: file.path,
)
def test_what_is_no_page_stays_as_it_is(file: ProjectFile) -> None:
    assert with_rum(Project(Manifest("A"), (file,)), RUM, "shop").files == (file,)


@pytest.mark.parametrize(
    ("site", "address"),
    [
        ("datadoghq.com", "us1/v7/datadog-rum.js"),
        ("datadoghq.eu", "eu1/v7/datadog-rum.js"),
        ("us5.datadoghq.com", "us5/v7/datadog-rum.js"),
        ("ddog-gov.com", "datadog-rum-v7.js"),
    ],
)
def test_the_sdk_is_that_of_the_site(site: str, address: str) -> None:
    [script] = Scripts(snippet(Rum("a", "b", site), "shop")).found
    assert script["src"] == f"https://www.datadoghq-browser-agent.com/{address}"


def test_nothing_in_it_is_code() -> None:
    told = snippet(RUM, '"</script><b>')
    assert "</script><b>" not in told
    assert "<b>" in html.unescape(told)


@pytest.mark.parametrize(
    ("site", "address"),
    [
        ("datadoghq.com", "https://browser-intake-datadoghq.com"),
        ("datadoghq.eu", "https://browser-intake-datadoghq.eu"),
        ("us5.datadoghq.com", "https://browser-intake-us5-datadoghq.com"),
        ("uk1.datadoghq.com", "https://browser-intake-uk1-datadoghq.com"),
        ("ddog-gov.com", "https://browser-intake-ddog-gov.com"),
        ("us2.ddog-gov.com", "https://browser-intake-us2-ddog-gov.com"),
    ],
)
def test_what_is_seen_goes_to_the_address_of_its_site(site: str, address: str) -> None:
    assert intake(site) == address
