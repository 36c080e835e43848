import os
import socket

import pytest

from cluster.doctor.sockets import Listener, find_listeners, parse_lsof, parse_service, parse_tcp_table

TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0000000 100 0 0 10 0
   1: 0100007F:0050 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 4243 1 0000000 20 4 30 10 -1
"""
TABLE6 = """\
  sl  local_address  remote_address  st tx rx tr tm retr uid timeout inode
   0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 4244 1
"""


def test_only_sockets_that_listen_are_found() -> None:
    assert parse_tcp_table(TABLE) == {"4242": 8080}
    assert parse_tcp_table(TABLE6) == {"4244": 443}


@pytest.mark.parametrize(
    ("cgroup", "service"),
    [
        ("0::/system.slice/nginx.service\n", "nginx"),
        ("12:memory:/system.slice/nginx.service\n1:name=systemd:/system.slice/nginx.service\n", "nginx"),
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/web.service\n", ""),
        ("0::/system.slice/docker-0123.scope\n", ""),
        ("0::/\n", ""),
    ],
)
def test_the_service_of_a_process(cgroup: str, service: str) -> None:
    assert parse_service(cgroup) == service


def test_lsofs_fields() -> None:
    fields = "p7\ncnginx\nf6\nn*:80\nf7\nn[::1]:443\np8\ncPython\nf3\nn127.0.0.1:8080\n"

    assert parse_lsof(fields) == {80: Listener("nginx", 7), 443: Listener("nginx", 7), 8080: Listener("Python", 8)}


def test_this_process_is_found_by_its_socket() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = find_listeners([port])

    assert found.keys() == {port}
    assert found[port].pid == os.getpid()
    assert found[port].name
