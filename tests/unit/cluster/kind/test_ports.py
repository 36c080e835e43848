import socket

import pytest

from cluster.errors import PortTakenError
from cluster.kind.ports import choose_ports, free_port, is_free


@pytest.mark.parametrize(
    ("http", "https", "privileged", "taken", "chosen"),
    [
        (0, 0, True, set[int](), (80, 443)),
        (0, 0, False, set[int](), (8080, 8443)),
        (0, 0, True, {80}, (8080, 8443)),
        (0, 0, True, {443}, (8080, 8443)),
        (0, 0, True, {80, 8443}, (5000, 5000)),
        (9000, 0, True, set[int](), (9000, 443)),
        (9000, 9001, True, {80, 8080}, (9000, 9001)),
        (0, 9001, True, {80, 8080}, (5000, 9001)),
    ],
)
def test_the_best_free_pair_is_chosen(
    http: int, https: int, privileged: bool, taken: set[int], chosen: tuple[int, int]
) -> None:
    def free(port: int) -> bool:
        return port not in taken

    assert choose_ports(http, https, privileged=privileged, free=free, any_port=lambda: 5000) == chosen


def test_a_port_that_was_asked_for_and_is_taken_is_an_error() -> None:
    with pytest.raises(PortTakenError, match="9000"):
        choose_ports(9000, 0, privileged=True, free=lambda port: port != 9000, any_port=lambda: 1)


def test_a_listener_is_noticed() -> None:
    port = free_port()
    assert is_free(port)
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)
