"""Which ports on loopback a new cluster publishes: 80 and 443 if free and allowed, else 8080/8443, else free ones."""

import errno
import socket
from collections.abc import Callable

from cluster.errors import PortTakenError

PREFERRED = ((80, 443), (8080, 8443))


def choose_ports(
    http: int, https: int, *, privileged: bool, free: Callable[[int], bool], any_port: Callable[[], int]
) -> tuple[int, int]:
    """The two ports; a wish of 0 means: choose. PortTakenError where a port that was asked for is not free."""
    for wish in (http, https):
        if wish and not free(wish):
            raise PortTakenError(f"Port {wish} on 127.0.0.1 is in use.")
    for pair in PREFERRED:
        one, other = http or pair[0], https or pair[1]
        if all(port in (http, https) or (free(port) and (privileged or port >= 1024)) for port in (one, other)):
            return one, other
    return http or any_port(), https or any_port()


def is_free(port: int) -> bool:
    """Whether nothing listens on the port at 127.0.0.1; a port that only root may bind counts as free."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EACCES:
                return False
    return _refuses(port)  # on macOS one may bind beside a listener on all addresses


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _refuses(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED
