"""The command, a second one beside it, TLS, and the service that keeps it running."""

import asyncio
import plistlib
import shlex
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest

from cluster.engines import Engines
from launcher.serve.access import ServeFolder, read_token
from launcher.serve.address import Address, is_loopback, leads_here
from launcher.serve.contact import ticketed_url
from launcher.serve.errors import InsecureAddressError, ServerNotRunningError, ServerRunsError
from launcher.serve.install import unit_of, write_unit
from launcher.serve.run import Listening, served
from launcher.serve.server import Certificate
from templates.catalog import Catalog
from tests.fakes.engine import FakeEngine
from tests.unit.launcher.conftest import Cli
from tests.unit.launcher.serve.conftest import ai_with, none


@pytest.fixture
def folder(tmp_path: Path) -> ServeFolder:
    return ServeFolder(tmp_path / "serve")


def serving(engine: FakeEngine, folder: ServeFolder, listening: Listening | None = None):
    engines = Engines((engine,), none)
    return served(
        engines, listening or Listening(0), folder, "localhost", "1.2.3", ai_with(None, folder.path), Catalog()
    )


def test_the_token_is_made_once_and_is_private(folder: ServeFolder) -> None:
    token = read_token(folder)
    assert len(token) >= 43
    assert read_token(folder) == token
    assert folder.token.stat().st_mode & 0o777 == 0o600
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_the_command_prints_the_token(vibecode: Cli) -> None:
    first = vibecode("serve", "--token")
    assert (first.code, len(first.out.strip())) == (0, 43)
    assert vibecode("serve", "--token", "--json").document == {"token": first.out.strip()}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--port", "70000"), 2),
        (("--open", "--token"), 2),
        (("--certificate", "c.pem"), 2),
        (("--host", "0.0.0.0"), 1),
        (("--host", "example.org"), 1),
    ],
)
def test_what_cannot_be_served_is_refused(vibecode: Cli, arguments: tuple[str, ...], code: int) -> None:
    ended = vibecode("serve", "--json", *arguments)
    assert ended.code == code
    assert ended.document["error"]["hint"]


async def test_another_command_of_the_same_person_gets_a_way_in(engine: FakeEngine, folder: ServeFolder) -> None:
    with pytest.raises(ServerNotRunningError):
        ticketed_url(folder, read_token(folder))
    async with serving(engine, folder) as server:
        url = await asyncio.to_thread(ticketed_url, folder, read_token(folder))
        assert url.startswith(f"{server.address.url}/?ticket=")
        async with httpx.AsyncClient() as browser:
            assert (await browser.get(url)).status_code == 303
        assert {one.stat().st_mode & 0o077 for one in folder.path.iterdir()} == {0}
    with pytest.raises(ServerNotRunningError):
        ticketed_url(folder, read_token(folder))


async def test_a_port_that_is_taken_is_told(engine: FakeEngine, folder: ServeFolder) -> None:
    async with serving(engine, folder) as server:
        with pytest.raises(ServerRunsError) as refused:
            async with serving(engine, ServeFolder(folder.path / "other"), Listening(server.address.port)):
                pytest.fail("it listens")
        assert str(server.address.port) in refused.value.detail


async def test_a_cookie_and_the_token_outlive_the_server(engine: FakeEngine, folder: ServeFolder) -> None:
    async with serving(engine, folder) as server, httpx.AsyncClient() as browser:
        cookie = (await browser.get(server.entrance)).headers["Set-Cookie"].partition(";")[0]
    async with serving(engine, folder) as server, httpx.AsyncClient() as browser:
        assert (await browser.get(f"{server.address.url}/", headers={"Cookie": cookie})).status_code == 200


async def test_others_are_served_by_tls_alone(engine: FakeEngine, folder: ServeFolder, tmp_path: Path) -> None:
    with pytest.raises(InsecureAddressError):
        async with serving(engine, folder, Listening(0, host="0.0.0.0")):
            pytest.fail("it serves others in the clear")
    certificate = self_signed(tmp_path, "box.example")
    listening = Listening(0, host="0.0.0.0", names=("box.example",), certificate=certificate)
    async with serving(engine, folder, listening) as server:
        assert server.address.url == f"https://box.example:{server.address.port}"
        context = ssl.create_default_context(cafile=str(certificate.chain))
        url = f"https://127.0.0.1:{server.address.port}"
        headers = {"Host": f"box.example:{server.address.port}", "Authorization": f"Bearer {read_token(folder)}"}
        async with httpx.AsyncClient(verify=context) as client:
            answer = await client.get(f"{url}/api/health", headers=headers, extensions={"sni_hostname": "box.example"})
            assert answer.status_code == 200
            entered = await client.get(
                url + server.entrance.removeprefix(server.address.url),
                headers={"Host": headers["Host"]},
                extensions={"sni_hostname": "box.example"},
            )
            assert "; Secure" in entered.headers["Set-Cookie"]


async def test_a_certificate_that_is_none_is_told(engine: FakeEngine, folder: ServeFolder, tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_text("nothing")
    listening = Listening(0, host="0.0.0.0", certificate=Certificate(tmp_path / "c.pem", tmp_path / "k.pem"))
    with pytest.raises(InsecureAddressError):
        async with serving(engine, folder, listening):
            pytest.fail("it serves")


@pytest.mark.parametrize(
    ("port", "expected"),
    [(8420, {"127.0.0.1:8420", "[::1]:8420"}), (80, {"127.0.0.1", "[::1]"})],
)
def test_authorities_are_as_browsers_write_them(port: int, expected: set[str]) -> None:
    assert Address("http", ("127.0.0.1", "[::1]"), port).authorities == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.1", False), ("x", False)],
)
def test_loopback_is_told_from_the_rest(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_a_name_that_no_resolver_can_know_does_not_lead_here() -> None:
    assert leads_here("localhost")
    assert not leads_here("a..b")


def test_a_systemd_unit_says_what_is_set_and_no_key(tmp_path: Path) -> None:
    environ = {
        "XDG_CONFIG_HOME": str(tmp_path),
        "PATH": "/bin",
        "VIBECODE_HOME": '/home/ada/100% "mine"$HOME',
        "VIBECODE_AI_KEY": "secret",
        "OTHER": "x",
    }
    unit = unit_of(environ, 8420, "linux")
    assert unit.path == tmp_path / "systemd" / "user" / "vibecode.service"
    assert r'Environment="VIBECODE_HOME=/home/ada/100%% \"mine\"$HOME"' in unit.content
    assert "ExecStart=" in unit.content
    assert 'serve" "--port" "8420"' in unit.content
    assert "secret" not in unit.content
    assert "OTHER" not in unit.content
    write_unit(unit)
    assert unit.path.read_text() == unit.content
    assert unit.path.stat().st_mode & 0o777 == 0o600


def test_an_agent_of_launchd_says_the_same() -> None:
    unit = unit_of({"VIBECODE_HOME": "/tmp/a & b", "PATH": "/bin"}, 9000, "darwin")
    agent = plistlib.loads(unit.content.encode())
    assert agent["ProgramArguments"][1:] == ["serve", "--port", "9000"]
    assert agent["EnvironmentVariables"] == {"VIBECODE_HOME": "/tmp/a & b", "PATH": "/bin"}
    assert shlex.split(unit.enable)[-1] == str(unit.path)


def test_a_service_is_shown_before_it_is_written(vibecode: Cli, tmp_path: Path) -> None:
    vibecode.environ["XDG_CONFIG_HOME"] = str(tmp_path)
    unasked = vibecode("serve", "--install")
    assert unasked.code == 2
    assert "--yes" in unasked.err
    assert "ExecStart=" in unasked.err or "ProgramArguments" in unasked.err
    assert not list(tmp_path.rglob("*.service"))
    written = vibecode("serve", "--install", "--yes", "--json")
    assert Path(written.document["path"]).exists()


def self_signed(folder: Path, name: str) -> Certificate:
    made = Certificate(folder / "chain.pem", folder / "key.pem")
    command = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={name}"
    alternative = ["-addext", f"subjectAltName=DNS:{name}", "-out", made.chain, "-keyout", made.key]
    subprocess.run([*command.split(), *alternative], check=True, capture_output=True)
    return made
