"""What is said of keys and sites, for each way in which they can be wrong."""

import httpx
import pytest

from cluster.datadog.errors import DatadogSiteError
from cluster.datadog.keys import Key, Keys
from cluster.datadog.sites import SITES, known_site, page_url
from cluster.datadog.status import FOUND, DatadogStatus, Site, read_status
from cluster.datadog.validation import Validation
from tests.fakes.datadog_api import API_KEY, APP_KEY, Answer, DatadogServer, Request, limited

EU = Site("datadoghq.eu", "DD_SITE")


async def status_of(
    http: httpx.AsyncClient, datadog: DatadogServer, api: str | None, app: str | None, site: Site | None = EU
) -> DatadogStatus:
    keys = Keys(api and Key("api", api, "environment"), app and Key("app", app, "environment"))
    return await read_status(keys, site, Validation(http, datadog.url_of))


async def test_without_keys_nobody_is_asked_and_both_are_missing(
    http: httpx.AsyncClient, datadog: DatadogServer
) -> None:
    document = (await status_of(http, datadog, None, None, None)).as_dict()

    assert (document["ok"], document["site"]) == (False, None)
    assert [one["what"] for one in document["missing"]] == ["DD_API_KEY", "DD_APP_KEY"]  # type: ignore[union-attr]
    assert datadog.requests == []


async def test_a_good_pair_is_valid(http: httpx.AsyncClient, datadog: DatadogServer) -> None:
    status = await status_of(http, datadog, API_KEY, APP_KEY)

    assert status.ok
    assert status.as_dict()["missing"] == []
    assert [one.path for one in datadog.requests] == ["/api/v1/validate", "/api/v2/validate_keys"]


async def test_the_key_tells_its_site_where_nobody_has(http: httpx.AsyncClient, datadog: DatadogServer) -> None:
    status = await status_of(http, datadog, API_KEY, None, None)

    assert (status.site, status.api.state, status.app.state) == (Site("datadoghq.eu", FOUND), "valid", "missing")
    assert not {"ddog-gov.com", "us2.ddog-gov.com"} & {one.site for one in datadog.requests}


REVOKED = "ffffffffffffffffffffffffffffffff"
NEW_FORM = "dd-key-of-another-form"


@pytest.mark.parametrize(
    ("api", "app", "state", "words"),
    [
        ("with a space", APP_KEY, ("malformed", "unknown"), "space"),
        ("käse", None, ("malformed", "missing"), "characters that no key has"),
        ("a" * 201, None, ("malformed", "missing"), "longer than 200"),
        (APP_KEY, None, ("refused", "missing"), "form of an application key"),
        (REVOKED, APP_KEY, ("refused", "unknown"), "revoked"),
        (NEW_FORM, None, ("refused", "missing"), "revoked"),
    ],
)
async def test_an_api_key_that_is_not_right(
    http: httpx.AsyncClient, datadog: DatadogServer, api: str, app: str | None, state: tuple[str, str], words: str
) -> None:
    status = await status_of(http, datadog, api, app)

    assert (status.api.state, status.app.state) == state
    assert words in status.api.detail
    assert "DD_API_KEY" in status.api.hint
    assert api not in str(status.as_dict())


@pytest.mark.parametrize(
    ("app", "state", "words"),
    [
        ("with a space", "malformed", "space"),
        (API_KEY, "refused", "form of an API key"),
        ("0" * 40, "refused", "but not this one"),
    ],
)
async def test_an_application_key_that_is_not_right(
    http: httpx.AsyncClient, datadog: DatadogServer, app: str, state: str, words: str
) -> None:
    status = await status_of(http, datadog, API_KEY, app)

    assert (status.api.state, status.app.state) == ("valid", state)
    assert words in status.app.detail
    assert "DD_APP_KEY" in status.app.hint


async def test_a_key_of_another_site_is_told_with_its_site(http: httpx.AsyncClient, datadog: DatadogServer) -> None:
    status = await status_of(http, datadog, API_KEY, APP_KEY, Site("us5.datadoghq.com", "DD_SITE"))

    assert status.api.detail == "It is a key of datadoghq.eu, not of us5.datadoghq.com (DD_SITE)."
    assert "`export DD_SITE=datadoghq.eu`" in status.api.hint
    assert status.site == Site("us5.datadoghq.com", "DD_SITE")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (limited("9"), "asked too often: Datadog wants 9 s"),
        (Answer.error(503, "Service Unavailable"), "does not answer: Service Unavailable"),
        (Answer(200, {"hello": "you"}), "not Datadog"),
    ],
)
@pytest.mark.parametrize("site", [EU, None])
async def test_a_datadog_that_cannot_be_asked_leaves_the_key_unknown(
    http: httpx.AsyncClient, datadog: DatadogServer, answer: Answer, words: str, site: Site | None
) -> None:
    def at_its_own_site(request: Request) -> Answer | None:
        return answer if request.site == datadog.site else None

    datadog.disturb = at_its_own_site
    status = await status_of(http, datadog, API_KEY, APP_KEY, site)

    assert status.api.state == "unknown"
    assert words in status.api.detail
    assert status.api.hint
    assert len(datadog.requests) == (1 if site else 7)


@pytest.mark.parametrize("written", ["datadoghq.eu", " DATADOGHQ.EU/", "https://app.datadoghq.eu", "api.datadoghq.eu"])
def test_a_site_may_be_written_as_people_copy_it(written: str) -> None:
    assert known_site(written, "DD_SITE") == "datadoghq.eu"


@pytest.mark.parametrize("written", ["", "datadog.eu", "datadoghq.eu.example.com", "datadoghq.eu@example.com"])
def test_another_host_never_gets_a_key(written: str) -> None:
    with pytest.raises(DatadogSiteError, match="DD_SITE"):
        known_site(written, "DD_SITE")


def test_pages_are_where_people_go() -> None:
    assert page_url("datadoghq.eu", "monitors") == "https://app.datadoghq.eu/monitors"
    assert page_url("us5.datadoghq.com") == "https://us5.datadoghq.com/"
    assert len({page_url(site) for site in SITES}) == len(SITES)
