"""The keys and the site of Datadog that this person has set."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster.datadog.errors import DatadogKeyMissingError, DatadogKeyRefusedError
from cluster.datadog.keys import VARIABLES, Key, KeyKind, Keys
from cluster.datadog.sites import known_site
from launcher.secrets import Secrets
from launcher.settings import LoadedSettings

if TYPE_CHECKING:
    from cluster.datadog.client import DatadogApi
    from cluster.datadog.status import DatadogStatus, Site

SITE = "DD_SITE"


async def datadog_keys(secrets: Secrets, environ: Mapping[str, str]) -> Keys:
    """What DD_API_KEY and DD_APP_KEY say, else what the keyring keeps."""

    async def read(kind: KeyKind) -> Key | None:
        name = VARIABLES[kind]
        if value := environ.get(name, "").strip():
            return Key(kind, value, "environment")
        kept = await secrets.read(name)
        return Key(kind, kept, "keyring") if kept else None

    return Keys(await read("api"), await read("app"))


def named_site(loaded: LoadedSettings, environ: Mapping[str, str]) -> "Site | None":
    """The site that the setting or DD_SITE names; None leaves it to the key. Raises DatadogSiteError."""
    from cluster.datadog.status import Site

    if loaded.values.datadog_site:
        source = loaded.sources["datadog_site"]
        return Site(known_site(loaded.values.datadog_site, f"datadog_site ({source})"), source)
    if written := environ.get(SITE, "").strip():
        return Site(known_site(written, SITE), SITE)
    return None


async def datadog_status(keys: Keys, site: "Site | None", url_of: Callable[[str], str]) -> "DatadogStatus":
    """What Datadog says of the keys; `site` is the one that somebody has named."""
    from cluster.datadog.client import http_client
    from cluster.datadog.status import read_status
    from cluster.datadog.validation import Validation

    async with http_client() as http:
        return await read_status(keys, site, Validation(http, url_of))


@dataclass(frozen=True, slots=True)
class Connection:
    """The API with both keys, and the site that they are of."""

    api: "DatadogApi"
    site: str


@asynccontextmanager
async def datadog_connection(
    status: "DatadogStatus", keys: Keys, url_of: Callable[[str], str], notice: Callable[[str], object]
) -> AsyncGenerator[Connection]:
    """With keys that are known to be good; `notice` is told what is waited for.

    Raises DatadogKeyMissingError, DatadogKeyRefusedError, and what has kept the keys from being judged.
    """
    from cluster.datadog.client import DatadogApi, http_client

    for key in (status.api, status.app):
        if key.error is not None:
            raise key.error
        if key.state == "missing":
            raise DatadogKeyMissingError(f"{VARIABLES[key.kind]}: {key.detail}", hint=key.hint)
        if key.state != "valid":
            raise DatadogKeyRefusedError(f"{VARIABLES[key.kind]}: {key.detail}", hint=key.hint)
    assert status.site is not None  # where the API key is valid, it is so somewhere
    site = status.site.name
    async with http_client() as http:
        yield Connection(DatadogApi(http, url_of(site), keys, notice=notice), site)
