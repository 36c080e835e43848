"""`vibecode datadog`: what is missing, and keys that are kept and never shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.datadog_api import API_KEY, APP_KEY, Answer, DatadogServer, datadog_server
from tests.fakes.secrets import MemorySecrets
from tests.unit.launcher.conftest import Cli


@pytest.fixture
def secrets(vibecode: Cli) -> MemorySecrets:
    secrets = MemorySecrets()
    vibecode.services["secrets"] = lambda: secrets
    return secrets


@pytest.fixture
def datadog(vibecode: Cli, secrets: MemorySecrets, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatadogServer]:
    monkeypatch.setenv("no_proxy", "*")
    with datadog_server() as server:
        vibecode.services["datadog_url"] = server.url_of
        yield server


def test_with_neither_key_nor_cluster_the_status_says_what_is_missing(vibecode: Cli, datadog: DatadogServer) -> None:
    result = vibecode("datadog", "status", "--json")

    assert result.code == 0
    assert result.document["ok"] is False
    assert [one["what"] for one in result.document["missing"]] == ["DD_API_KEY", "DD_APP_KEY"]
    assert all("vibecode datadog key" in one["hint"] for one in result.document["missing"])
    assert datadog.requests == []


def test_a_key_is_kept_asked_and_forgotten(vibecode: Cli, datadog: DatadogServer, secrets: MemorySecrets) -> None:
    kept = vibecode("datadog", "key", "api", "--json", stdin=f"{API_KEY}\n".encode())
    asked = vibecode("datadog", "--json").document
    forgotten = vibecode("datadog", "key", "api", "--delete", "--json").document

    assert kept.document == {"variable": "DD_API_KEY", "kept": "keyring"}
    assert (asked["api_key"]["state"], asked["api_key"]["source"]) == ("valid", "keyring")
    assert asked["site"]["name"] == "datadoghq.eu"
    assert forgotten == {"variable": "DD_API_KEY", "deleted": True}
    assert secrets.values == {}


def test_the_environment_goes_before_the_keyring(vibecode: Cli, datadog: DatadogServer, secrets: MemorySecrets) -> None:
    secrets.values |= {"DD_API_KEY": "f" * 32, "DD_APP_KEY": APP_KEY}
    vibecode.environ |= {"DD_API_KEY": f" {API_KEY}\n", "DD_SITE": datadog.site}
    result = vibecode("datadog", "status")

    assert result.code == 0
    assert "DD_API_KEY, the API key (from the environment): datadoghq.eu takes it." in result.out
    assert "DD_APP_KEY, the application key (from the keyring): datadoghq.eu takes it." in result.out
    assert "vibecode datadog key" not in result.out


def test_the_setting_goes_before_dd_site(vibecode: Cli, datadog: DatadogServer) -> None:
    vibecode.environ |= {"DD_API_KEY": API_KEY, "DD_SITE": "us3.datadoghq.com"}
    vibecode("config", "set", "datadog_site", datadog.site)
    document = vibecode("datadog", "status", "--json").document

    assert document["site"]["source"].endswith("config.toml")
    assert document["api_key"]["state"] == "valid"


def test_a_site_that_is_none_is_refused_before_a_key_goes_there(vibecode: Cli, datadog: DatadogServer) -> None:
    vibecode.environ |= {"DD_API_KEY": API_KEY, "DD_SITE": "datadoghq.example.com"}
    result = vibecode("datadog", "status", "--json")

    assert result.code == 1
    assert result.document["error"]["code"] == "datadog-site-unknown"
    assert datadog.requests == []


@pytest.mark.parametrize("typed", [b"", b"\n", b"two words\n", b"k\xc3\xa4se\n"])
def test_what_is_no_key_is_not_kept(vibecode: Cli, secrets: MemorySecrets, typed: bytes) -> None:
    assert vibecode("datadog", "key", "app", stdin=typed).code == 2
    assert secrets.values == {}


def test_without_a_keyring_the_way_is_named(vibecode: Cli, secrets: MemorySecrets) -> None:
    secrets.kept_in = "run"
    result = vibecode("datadog", "key", "app", stdin=APP_KEY.encode())

    assert result.code == 1
    assert "`export DD_APP_KEY=…`" in result.err
    assert secrets.values == {}


def test_keys_are_neither_said_nor_logged(vibecode: Cli, datadog: DatadogServer, tmp_path: Path) -> None:
    vibecode.environ |= {"DD_API_KEY": API_KEY, "DD_APP_KEY": "0" * 40, "VIBECODE_LOG_LEVEL": "DEBUG"}
    result = vibecode("datadog", "status", "--json")
    log = (Path(vibecode.environ["VIBECODE_HOME"]) / "logs" / "vibecode.log").read_text()

    assert result.document["app_key"]["state"] == "refused"
    for secret in (API_KEY, "0" * 40):
        assert secret not in result.out + result.err + log


def test_the_status_tells_what_arrives(vibecode: Cli, datadog: DatadogServer) -> None:
    vibecode.environ |= {"DD_API_KEY": API_KEY, "DD_APP_KEY": APP_KEY}
    said = vibecode("datadog", "status").out
    health = vibecode("datadog", "status", "--json").document["health"]

    for words in ("Hosts: 1 of 2 reporting (laptop", "Traces: 1,240 spans within an hour (vibecode 1,200, demo 40)"):
        assert words in said
    assert "Logs: 5,200 lines within an hour" in said
    assert "Incidents: 1 open (SEV-2 Sign-in is down)" in said
    assert list(health) == ["hosts", "metrics", "traces", "logs", "incidents"]
    assert health["hosts"]["told"]["reporting"] == 1
    assert health["metrics"]["told"]["last"] == "2026-03-01T11:59:40+00:00"
    assert health["logs"]["url"] == "https://app.datadoghq.eu/logs?query=env%3Alocal"
    assert all(part["at"] and part["problem"] is None for part in health.values())


def test_a_part_that_may_not_be_read_names_its_scope_and_the_rest_is_told(
    vibecode: Cli, datadog: DatadogServer
) -> None:
    vibecode.environ |= {"DD_API_KEY": API_KEY, "DD_APP_KEY": APP_KEY}
    datadog.disturb = lambda one: Answer.error(403, "Forbidden") if one.path.startswith("/api/v2/logs") else None
    said = vibecode("datadog", "status")
    health = vibecode("datadog", "status", "--json").document["health"]

    assert said.code == 0
    assert "the scope logs_read_data" in said.out
    assert "Hosts: 1 of 2 reporting" in said.out
    assert health["logs"]["problem"]["code"] == "datadog-scope-missing"
    assert [name for name, part in health.items() if part["problem"]] == ["logs"]


def test_without_an_application_key_nothing_is_asked_of_what_arrives(vibecode: Cli, datadog: DatadogServer) -> None:
    vibecode.environ |= {"DD_API_KEY": API_KEY}

    assert vibecode("datadog", "status", "--json").document["health"] is None
