import pytest

from cluster.doctor.names import check_names, resolve
from cluster.host import Host

DEBIAN, MACOS = Host("linux", "debian"), Host("macos", systemd=False)


@pytest.mark.parametrize(
    ("domain", "addresses", "host", "level", "detail", "hint"),
    [
        ("vibecode.localhost", ("::1", "127.0.0.1"), DEBIAN, "ok", "leads to this machine", ""),
        ("dev.example.com", ("127.0.0.1",), DEBIAN, "ok", "*.dev.example.com", ""),
        ("vibecode.localhost", (), DEBIAN, "warning", "Chrome, Edge and Firefox", "apt install libnss-myhostname"),
        ("vibecode.localhost", (), MACOS, "warning", "Safari", "NAME.vibecode.localhost' | sudo tee -a /etc/hosts"),
        ("vibecode.localhost", (), MACOS, "warning", "Safari", "BASE_DOMAIN=vibecode.127.0.0.1.nip.io"),
        ("dev.example.com", (), DEBIAN, "failed", "is not known here", "BASE_DOMAIN=vibecode.127.0.0.1.nip.io"),
        ("dev.example.com", ("192.0.2.7",), DEBIAN, "failed", "leads to 192.0.2.7, not", "127.0.0.1 in your DNS"),
        ("vibecode.127.0.0.1.nip.io", (), DEBIAN, "failed", "not known", "BASE_DOMAIN=vibecode.localhost"),
    ],
)
def test_names(domain: str, addresses: tuple[str, ...], host: Host, level: str, detail: str, hint: str) -> None:
    check = check_names(domain, addresses, host)

    assert (check.id, check.level) == ("host-names", level)
    assert detail in check.detail
    assert hint in check.hint
    assert bool(check.hint) == (level != "ok")


def test_a_name_that_nobody_has_resolves_to_nothing() -> None:
    assert resolve("invalid") == ()  # reserved for that: RFC 6761
