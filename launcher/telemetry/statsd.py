"""Points as DogStatsD's datagrams, sent without waiting for anybody.

Source: https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/ (`name:value|type|#tag:value,…`).
"""

import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from launcher.telemetry.records import Point

DATAGRAM = 1400
"""Bytes that go in one datagram: they fit through any network."""


def send_points(points: Iterable[Point], place: str, tags: Mapping[str, str]) -> None:
    """`tags` go with each; what nobody takes is lost."""
    with suppress(OSError, ValueError):
        url = urlsplit(place)
        if url.scheme == "unix":
            family, address = socket.AF_UNIX, url.path
        else:
            [(family, _, _, _, address), *_] = socket.getaddrinfo(
                url.hostname, url.port or 8125, type=socket.SOCK_DGRAM
            )
        with closing(socket.socket(family, socket.SOCK_DGRAM)) as one:
            for datagram in datagrams([line(point, tags) for point in points]):
                one.sendto(datagram, address)


PROXY = "/dogstatsd/v2/proxy"
"""Where the Agent takes them at its port for traces.

Source: https://github.com/DataDog/datadog-agent, `pkg/trace/api/dogstatsd.go`; older Agents pass a body on as it is.
"""
PATIENCE = 5
"""Seconds that the Agent has for an answer there."""


def post_points(points: Iterable[Point], at: Path, tags: Mapping[str, str]) -> None:
    """The same by HTTP, through the Unix socket `at` that leads to the Agent's port for traces.

    Raises OSError, HTTPException.
    """
    with closing(socket.socket(socket.AF_UNIX)) as one, closing(HTTPConnection("localhost")) as connection:
        one.settimeout(PATIENCE)
        one.connect(str(at))
        connection.sock = one
        for datagram in datagrams([line(point, tags) for point in points]):
            connection.request("POST", PROXY, datagram)
            answer = connection.getresponse()
            answer.read()
            if answer.status >= 300:
                raise OSError(f"{PROXY} is answered with HTTP status {answer.status}")


def line(point: Point, tags: Mapping[str, str]) -> str:
    pairs = ",".join(f"{key}:{tag_value(value)}" for key, value in {**tags, **point.tags}.items())
    return f"{point.name}:{point.value:.9g}|{point.type}|#{pairs}"


def datagrams(lines: Iterable[str]) -> Iterator[bytes]:
    """Lines together, as many as fit; a longer one goes alone."""
    waiting = ""
    for one in lines:
        if waiting and len(waiting) + len(one) >= DATAGRAM:
            yield waiting.encode()
            waiting = ""
        waiting = f"{waiting}\n{one}" if waiting else one
    if waiting:
        yield waiting.encode()


def tag_value(value: str) -> str:
    """As Datadog itself would write it, so that no value ends a tag or a line."""
    return re.sub(r"[^a-z0-9_:./-]", "_", value.lower())[:190]
