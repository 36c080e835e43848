import pytest

from cluster.local.proxy.sites import Site, Sites

SITES = Sites("vibecode.localhost", 8080)


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("shop.vibecode.localhost:8080", Site("shop")),
        ("SHOP.VibeCode.Localhost:8080", Site("shop")),
        ("my-shop-2.vibecode.localhost:8080", Site("my-shop-2")),
        ("8000-shop.vibecode.localhost:8080", Site("shop", 8000)),
        ("65535-shop.vibecode.localhost:8080", Site("shop", 65535)),
    ],
)
def test_a_host_below_the_base_domain_is_a_site(host: str, site: Site) -> None:
    assert SITES.parse(host) == site
    assert SITES.authority(site) == host.lower()


@pytest.mark.parametrize(
    "host",
    [
        "",
        "shop",
        "localhost:8080",
        "127.0.0.1:8080",
        "vibecode.localhost:8080",
        ".vibecode.localhost:8080",
        "shop.vibecode.localhost",
        "shop.vibecode.localhost:8081",
        "shop.vibecode.localhost.:8080",
        "a.shop.vibecode.localhost:8080",
        "shop.vibecode.localhost.evil.example:8080",
        "shop.vibecode.localhost:8080@evil.example",
        "evil.example",
        "0-shop.vibecode.localhost:8080",
        "080-shop.vibecode.localhost:8080",
        "65536-shop.vibecode.localhost:8080",
        "8000-.vibecode.localhost:8080",
        "8000.vibecode.localhost:8080",
        "shop-.vibecode.localhost:8080",
        "shöp.vibecode.localhost:8080",
        "shop\n.vibecode.localhost:8080",
    ],
)
def test_every_other_host_is_foreign(host: str) -> None:
    assert SITES.parse(host) is None


def test_on_http_s_own_port_a_host_has_no_port() -> None:
    sites = Sites("vibecode.localhost", 80)
    assert sites.url(Site("shop", 8000)) == "http://8000-shop.vibecode.localhost"
    assert sites.parse("8000-shop.vibecode.localhost") == Site("shop", 8000)
    assert sites.parse("shop.vibecode.localhost:8080") is None
