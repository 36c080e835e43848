"""Whether proxy variables let the program reach its own cluster, and the cluster reach the proxy.

What is inside the cluster needs no entry: `kind` adds its subnets and `.svc` to the node's NO_PROXY by itself
(kind v0.33, pkg/cluster/internal/providers/docker/provision.go).
"""

import ipaddress
import re
import shlex
from collections.abc import Mapping

from cluster.doctor.check import Check, Subject
from cluster.host import Host

PROXY = Subject("proxy", "Proxy")

_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
_ADDRESS = re.compile(r"(\w+://)?([^/@]*@)?(?P<host>\[[^]]*\]|[^:/]*)(?P<port>:\d+)?")


def check_proxy(environ: Mapping[str, str], base_domain: str, host: Host) -> Check:
    """Tells no proxy's user name and password."""
    found = {name: environ[name] for name in _PROXIES if environ.get(name)}
    if not found:
        return PROXY.passed("No proxy is set.")
    for name, value in found.items():
        if (match := _ADDRESS.match(value)) and _is_loopback(match["host"].strip("[]")):
            gateway = "172.17.0.1" if host.system == "linux" else "host.docker.internal"
            port = match["port"] or ""
            return PROXY.warned(
                f"{name} names {match['host']}{port}, which inside the cluster's node is the node itself: "
                "it can pull no images.",
                f"Name the proxy as containers reach it: `export {name}=http://{gateway}{port}`.",
            )
    excepted = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    entries = [entry.strip() for entry in excepted.split(",") if entry.strip()]
    lacking = [name for name in ("localhost", "127.0.0.1", f".{base_domain}") if not _covered(name, entries)]
    if not lacking:
        return PROXY.passed(f"{next(iter(found))} is set, and what is on this machine is excepted from it.")
    value = shlex.quote(",".join([*entries, *lacking]))
    return PROXY.warned(
        f"{next(iter(found))} is set, and NO_PROXY does not except {', '.join(lacking)}: "
        "requests to the cluster would go to the proxy.",
        f"`export NO_PROXY={value} no_proxy={value}`, then run the same command again.",
    )


def _covered(name: str, entries: list[str]) -> bool:
    return any(_matches(name.lstrip("."), entry) for entry in entries)


def _matches(name: str, entry: str) -> bool:
    if entry == "*":
        return True
    try:
        return ipaddress.ip_address(name) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        domain = entry.lstrip("*").lstrip(".").lower()
        return name == domain or name.endswith(f".{domain}")


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
