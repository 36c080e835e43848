"""Whether Datadog takes the keys, and on which site.

`GET /api/v1/validate` judges the API key alone, `GET /api/v2/validate_keys` both together
(https://docs.datadoghq.com/api/latest/authentication/, https://docs.datadoghq.com/api/latest/key-management/).
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import httpx

from cluster.datadog.client import DatadogApi
from cluster.datadog.errors import DatadogAnswerError, DatadogError, DatadogKeyRefusedError, DatadogScopeError
from cluster.datadog.keys import Key, Keys
from cluster.datadog.sites import COMMERCIAL

Judgement = Literal["valid", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`unknown` is a Datadog that could not be asked: `error` says why."""

    judgement: Judgement
    error: DatadogError | None = None


class Validation:
    """Asks once and waits for no limit: the answer is for somebody who looks at it."""

    def __init__(self, http: httpx.AsyncClient, url_of: Callable[[str], str]) -> None:
        """`url_of` is a site's base address."""
        self._http = http
        self._url_of = url_of

    async def api_key(self, site: str, key: Key) -> Verdict:
        return await self._verdict(site, Keys(api=key), "/api/v1/validate")

    async def app_key(self, site: str, api: Key, app: Key) -> Verdict:
        """Of the application key; `api` is known to be valid."""
        return await self._verdict(site, Keys(api, app), "/api/v2/validate_keys")

    async def sites_of(self, key: Key, besides: Iterable[str] = ()) -> dict[str, Verdict]:
        """What each commercial site says of an API key; those in `besides` are not asked."""
        left_out = set(besides)
        asked = [site for site in COMMERCIAL if site not in left_out]
        return dict(zip(asked, await asyncio.gather(*(self.api_key(site, key) for site in asked)), strict=True))

    async def _verdict(self, site: str, keys: Keys, path: str) -> Verdict:
        api = DatadogApi(self._http, self._url_of(site), keys, attempts=1)
        try:
            answer = await api.request("GET", path)
        except (DatadogKeyRefusedError, DatadogScopeError):
            return Verdict("refused")
        except DatadogError as error:
            return Verdict("unknown", error)
        if answer in ({"valid": True}, {"status": "ok"}):
            return Verdict("valid")
        if answer == {"valid": False}:
            return Verdict("refused")
        return Verdict("unknown", DatadogAnswerError(f"{self._url_of(site)} does not say whether the key is valid."))
