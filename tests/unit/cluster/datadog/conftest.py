"""Datadog's API on loopback, and ways to it that a proxy does not stand in."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from cluster.datadog.client import DatadogApi
from cluster.datadog.keys import Key, Keys
from tests.fakes.datadog_api import API_KEY, APP_KEY, DatadogServer, datadog_server

KEYS = Keys(Key("api", API_KEY, "environment"), Key("app", APP_KEY, "keyring"))


@pytest.fixture
def datadog() -> Iterator[DatadogServer]:
    with datadog_server() as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        yield client


@pytest.fixture
def waits() -> list[float]:
    """Seconds that were waited for a limit."""
    return []


@pytest.fixture
def api(datadog: DatadogServer, http: httpx.AsyncClient, waits: list[float]) -> DatadogApi:
    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    return DatadogApi(http, datadog.url_of(datadog.site), KEYS, sleep=sleep)
