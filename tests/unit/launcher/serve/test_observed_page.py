"""The portal's page where Real User Monitoring is set for it, and where it is not."""

import json
import re
from pathlib import Path

import httpx

from cluster.engines import Engines
from launcher import paths
from launcher.portal_access import LocalPortalAccess
from launcher.rum import rum_of
from launcher.serve.guard import SECURITY_HEADERS
from launcher.settings import Settings, load
from templates.rum import Rum
from tests.fakes.engine import FakeEngine
from tests.fakes.secrets import MemorySecrets
from tests.unit.launcher.serve.conftest import Serve, Served, none

RUM = Rum("11111111-2222-3333-4444-555555555555", "pub0123456789abcdef0123456789abcdef", "us5.datadoghq.com")
SDK = "https://www.datadoghq-browser-agent.com/us5/v7/datadog-rum.js"
STRICT = dict(SECURITY_HEADERS)[b"content-security-policy"].decode()


async def test_without_it_the_page_is_as_it_lies_in_the_package(server: Served) -> None:
    page = await server.http.get("/")

    assert page.content == (Path("launcher") / "serve" / "portal" / "index.html").resolve().read_bytes()
    assert page.headers.get_list("content-security-policy") == [STRICT]
    assert (await server.http.get("/portal/rum.js")).status_code == 404


async def test_with_it_the_page_loads_one_script_more_and_nothing_that_stands_in_it(
    serve: Serve, engine: FakeEngine
) -> None:
    async with serve(engine, rum=RUM) as server:
        page = await server.http.get("/workspace/shop")
        again = await server.http.get("/workspace/shop", headers={"If-None-Match": page.headers["etag"]})
        asset = await server.http.get("/portal/main.js")
        api = await server.http.get("/api/health")

    scripts = re.findall(r"<script[^>]*>.*?</script>", page.text, re.DOTALL)
    assert [re.sub(r".*src=\"([^\"]*)\".*", r"\1", one) for one in scripts] == [
        "/portal/main.js",
        SDK,
        "/portal/rum.js",
    ]
    assert all(one.endswith("></script>") for one in scripts)
    assert page.headers.get_list("content-security-policy") == [
        STRICT.replace("script-src 'self'", f"script-src 'self' {SDK}").replace(
            "connect-src 'self'", "connect-src 'self' https://browser-intake-us5-datadoghq.com"
        )
    ]
    assert (again.status_code, again.content) == (304, b"")
    assert {one.headers["content-security-policy"] for one in (asset, api)} == {STRICT}
    assert page.headers["x-content-type-options"] == "nosniff"


async def test_what_starts_it_masks_what_is_written_and_names_no_workspace(serve: Serve, engine: FakeEngine) -> None:
    async with serve(engine, rum=RUM) as server:
        script = await server.http.get("/portal/rum.js")

    assert script.headers["content-type"].startswith("text/javascript")
    found = re.search(r"\.\.\.(\{.*?\}),\n", script.text)
    assert found
    options = json.loads(found[1])
    assert (options["applicationId"], options["clientToken"], options["site"]) == (RUM.application, RUM.token, RUM.site)
    assert (options["service"], options["env"], options["version"]) == ("vibecode-portal", "local", "1.2.3")
    assert (options["defaultPrivacyLevel"], options["enablePrivacyForActionName"]) == ("mask", True)
    assert (options["trackResources"], options["sessionReplaySampleRate"]) == (False, 0)
    assert 'address.replace(/\\/workspace\\/[^?#]*/, "/workspace/-")' in script.text


async def test_whoever_has_no_access_sees_neither(serve: Serve, engine: FakeEngine) -> None:
    async with serve(engine, rum=RUM) as server:
        answers = [await server.anybody.get(path, headers={"Accept": "text/html"}) for path in ("/", "/portal/rum.js")]

    assert [one.status_code for one in answers] == [401, 401]
    assert not any(RUM.token in one.text for one in answers)


def test_it_takes_both_application_and_token(tmp_path: Path) -> None:
    one = {"VIBECODE_DATADOG_RUM_APPLICATION": RUM.application}
    both = one | {"VIBECODE_DATADOG_RUM_TOKEN": RUM.token}

    assert rum_of(load(tmp_path / "config.toml", one), {}) is None
    assert rum_of(load(tmp_path / "config.toml", both), {"DD_SITE": RUM.site}) == RUM


async def test_the_terminal_application_serves_it_too(engine: FakeEngine, tmp_path: Path) -> None:
    found = paths.find({"VIBECODE_HOME": str(tmp_path)})
    settings = Settings(serve_port=0, base_domain="localhost")
    portal = LocalPortalAccess(settings, found, MemorySecrets(), {}, lambda: RUM)
    try:
        url = await portal.entrance(Engines((engine,), none))
        async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as browser:
            page = await browser.get(url.replace("localhost", "127.0.0.1"), headers={"Accept": "text/html"})
    finally:
        await portal.close()
    assert SDK in page.text
