"""Whether host names below the base domain lead to this machine."""

import ipaddress
import socket

from cluster.doctor.check import Check, Subject
from cluster.host import Host

NAMES = Subject("host-names", "Host names")

FALLBACK = "vibecode.127.0.0.1.nip.io"
"""Every name below it is 127.0.0.1 in public DNS."""


def resolve(base_domain: str) -> tuple[str, ...]:
    """The addresses of a name below the base domain, as this system resolves it; empty for none. Blocks."""
    try:
        found = socket.getaddrinfo(f"doctor.{base_domain}", 80, type=socket.SOCK_STREAM)
    except socket.gaierror:
        return ()
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def check_names(base_domain: str, addresses: tuple[str, ...], host: Host) -> Check:
    """Browsers resolve *.localhost themselves, save Safari (https://bugs.webkit.org/show_bug.cgi?id=160504)."""
    names = f"*.{base_domain}"
    if any(ipaddress.ip_address(address).is_loopback for address in addresses):
        return NAMES.passed(f"{names} leads to this machine.")
    local = base_domain == "localhost" or base_domain.endswith(".localhost")
    if local:
        return NAMES.warned(
            f"This system does not resolve {names}. Chrome, Edge and Firefox do so by themselves; "
            "Safari, curl and other programs do not.",
            _local_hint(base_domain, host),
        )
    there = f"leads to {', '.join(addresses)}, not to this machine" if addresses else "is not known here"
    other = "vibecode.localhost" if base_domain.endswith(".nip.io") else FALLBACK
    return NAMES.failed(
        f"{names} {there}.",
        f"Make {names} 127.0.0.1 in your DNS, or use another domain: `VIBECODE_BASE_DOMAIN={other} vibecode up`.",
    )


def _local_hint(base_domain: str, host: Host) -> str:
    hosts = f"for one workspace: `echo '127.0.0.1 NAME.{base_domain}' | sudo tee -a /etc/hosts`."
    if host.system != "macos" and host.family == "debian":
        return f"`sudo apt install libnss-myhostname`; or {hosts}"
    return f"`VIBECODE_BASE_DOMAIN={FALLBACK} vibecode up`; or {hosts}"
