import pytest

from cluster.doctor.proxy import check_proxy
from cluster.host import Host

LINUX, MACOS = Host("linux", "debian"), Host("macos", systemd=False)
DOMAIN = "vibecode.localhost"


@pytest.mark.parametrize(
    ("environ", "level", "detail"),
    [
        ({}, "ok", "No proxy"),
        ({"HTTP_PROXY": ""}, "ok", "No proxy"),
        ({"HTTP_PROXY": "http://proxy:3128"}, "warning", "HTTP_PROXY is set, and NO_PROXY does not except localhost, "),
        ({"https_proxy": "proxy:3128", "no_proxy": "localhost"}, "warning", "does not except 127.0.0.1:"),
        ({"http_proxy": "http://proxy:1", "NO_PROXY": "localhost,127.0.0.1"}, "ok", "excepted"),
        ({"http_proxy": "http://proxy:1", "NO_PROXY": "localhost, 127.0.0.0/8"}, "ok", "excepted"),
        ({"http_proxy": "http://proxy:1", "NO_PROXY": ".localhost,127.0.0.1"}, "ok", "excepted"),
        ({"http_proxy": "http://proxy:1", "NO_PROXY": "*"}, "ok", "excepted"),
        ({"http_proxy": "http://proxy:1", "NO_PROXY": "notlocalhost,127.0.0.1"}, "warning", "localhost"),
        ({"http_proxy": "http://proxy:1", "NO_PROXY": "host,127.0.0.1"}, "warning", "localhost"),
        ({"HTTPS_PROXY": "http://127.0.0.1:3128", "NO_PROXY": "*"}, "warning", "the node itself"),
        ({"HTTPS_PROXY": "http://localhost", "NO_PROXY": "*"}, "warning", "the node itself"),
        ({"HTTPS_PROXY": "http://[::1]:3128/", "NO_PROXY": "*"}, "warning", "the node itself"),
        ({"HTTPS_PROXY": "http://host:nonsense", "NO_PROXY": "*"}, "ok", "excepted"),
    ],
)
def test_proxy(environ: dict[str, str], level: str, detail: str) -> None:
    check = check_proxy(environ, DOMAIN, LINUX)

    assert (check.id, check.level) == ("proxy", level)
    assert detail in check.detail
    assert bool(check.hint) == (level != "ok")


def test_the_hint_keeps_what_was_excepted_and_adds_what_lacks() -> None:
    environ = {"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "intra.example,localhost"}

    check = check_proxy(environ, "dev.example", LINUX)

    value = "intra.example,localhost,127.0.0.1,.dev.example"
    assert f"`export NO_PROXY={value} no_proxy={value}`" in check.hint


@pytest.mark.parametrize(
    ("host", "line"),
    [
        (LINUX, "`export HTTPS_PROXY=http://172.17.0.1:3128`"),
        (MACOS, "`export HTTPS_PROXY=http://host.docker.internal:3128`"),
    ],
)
def test_a_proxy_on_this_machine_is_named_as_containers_reach_it(host: Host, line: str) -> None:
    assert line in check_proxy({"HTTPS_PROXY": "http://127.0.0.1:3128"}, DOMAIN, host).hint


@pytest.mark.parametrize("address", ["http://ann:geheim@127.0.0.1:3128", "ann:geheim@proxy:3128"])
def test_a_proxys_password_is_never_told(address: str) -> None:
    check = check_proxy({"HTTPS_PROXY": address}, DOMAIN, LINUX)

    assert check.level == "warning"
    assert "geheim" not in check.detail + check.hint
    assert "ann" not in check.detail + check.hint
