"""A kubeconfig becomes our own small record, and comes back from it."""

import base64
import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster.errors import KubeconfigError
from cluster.kube.connection import Connection, read_connection, write_connection

SERVER = "https://127.0.0.1:41234"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def kubeconfig(
    folder: Path, user: dict[str, Any], cluster: dict[str, Any] | None = None, context: str = "kind-vibecode"
) -> Path:
    """A file with this user and cluster in `context`, and another context that must not be taken."""
    own = {"server": SERVER, "certificate-authority-data": encoded("CA")} if cluster is None else cluster
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "other",
        "clusters": [{"name": "c", "cluster": own}, {"name": "o", "cluster": {"server": "https://other:1"}}],
        "users": [{"name": "u", "user": user}, {"name": "o", "user": {"token": "other"}}],
        "contexts": [
            {"name": context, "context": {"cluster": "c", "user": "u"}},
            {"name": "other", "context": {"cluster": "o", "user": "o"}},
        ],
    }
    path = folder / "config"
    path.write_text(yaml.safe_dump(content))
    return path


CERTIFICATE = {"client-certificate-data": encoded("CERT"), "client-key-data": encoded("KEY")}


def test_certificates_become_private_files(tmp_path: Path) -> None:
    folder = tmp_path / "cluster"

    connection = write_connection(folder, kubeconfig(tmp_path, CERTIFICATE), "kind-vibecode")

    files = {"ca.crt": "CA", "client.crt": "CERT", "client.key": "KEY"}
    assert connection == Connection(SERVER, *(folder / name for name in files))
    assert read_connection(folder) == connection
    assert {name: (folder / name).read_text() for name in files} == files
    assert sorted(path.name for path in folder.iterdir()) == ["ca.crt", "client.crt", "client.key", "connection.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_files_beside_a_kubeconfig_are_taken_in(tmp_path: Path) -> None:
    for name, text in (("ca.pem", "CA"), ("me.crt", "CERT"), ("me.key", "KEY")):
        (tmp_path / name).write_text(text)
    source = kubeconfig(
        tmp_path,
        {"client-certificate": "me.crt", "client-key": "me.key"},
        {"server": SERVER, "certificate-authority": "ca.pem"},
    )

    write_connection(tmp_path / "own", source, "kind-vibecode")
    source.unlink()

    assert (tmp_path / "own/client.key").read_text() == "KEY"


def test_a_token_is_kept_and_never_shown(tmp_path: Path) -> None:
    connection = write_connection(tmp_path / "own", kubeconfig(tmp_path, {"token": "s3cret"}), "kind-vibecode")

    assert connection.token == "s3cret"
    assert (connection.certificate, connection.key) == (None, None)
    assert read_connection(tmp_path / "own") == connection
    assert "s3cret" not in repr(connection)


def test_a_plugin_is_asked_for_the_token(tmp_path: Path) -> None:
    answer = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "asked"}}
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "echo",
        "args": [json.dumps(answer)],
        "interactiveMode": "Never",
    }

    connection = write_connection(tmp_path / "own", kubeconfig(tmp_path, {"exec": plugin}), "kind-vibecode")

    assert connection.token == "asked"


def test_a_later_record_replaces_all_of_an_earlier(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    write_connection(folder, kubeconfig(tmp_path, CERTIFICATE), "kind-vibecode")

    write_connection(folder, kubeconfig(tmp_path, {"token": "t"}), "kind-vibecode")

    assert sorted(path.name for path in folder.iterdir()) == ["ca.crt", "connection.json"]


def test_a_plain_server_needs_nothing(tmp_path: Path) -> None:
    source = kubeconfig(tmp_path, {}, {"server": "http://127.0.0.1:8001"})

    assert write_connection(tmp_path / "own", source, "kind-vibecode") == Connection("http://127.0.0.1:8001")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("a: [", "config"),
        ("just text", "config"),
        ("clusters: []\ncontexts: []\nusers: []\n", "kind-vibecode"),
        ("contexts: [{name: kind-vibecode, context: {cluster: gone, user: u}}]\n", "gone"),
    ],
)
def test_an_unusable_kubeconfig_is_named(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "config"
    path.write_text(content)

    with pytest.raises(KubeconfigError) as refused:
        write_connection(tmp_path / "own", path, "kind-vibecode")

    assert words in refused.value.detail
    assert str(path) in refused.value.detail
    assert read_connection(tmp_path / "own") is None


def test_no_kubeconfig_is_told(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError, match="nowhere"):
        write_connection(tmp_path / "own", tmp_path / "nowhere", "kind-vibecode")


def test_certificates_must_be_checked(tmp_path: Path) -> None:
    source = kubeconfig(tmp_path, CERTIFICATE, {"server": SERVER, "insecure-skip-tls-verify": True})

    with pytest.raises(KubeconfigError, match="certificates"):
        write_connection(tmp_path / "own", source, "kind-vibecode")


def test_credentials_must_be_given(tmp_path: Path) -> None:
    failing = {
        "exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "false", "interactiveMode": "Never"}
    }

    with pytest.raises(KubeconfigError, match="credentials"):
        write_connection(tmp_path / "own", kubeconfig(tmp_path, failing), "kind-vibecode")


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    first = write_connection(folder, kubeconfig(tmp_path, CERTIFICATE), "kind-vibecode")

    with pytest.raises(KubeconfigError):
        write_connection(folder, tmp_path / "config", "no such context")

    assert read_connection(folder) == first
    assert len(list(folder.iterdir())) == 4


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"{}", b'{"server": 1}', b"\xff\xfe\x00"])
def test_a_damaged_record_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "connection.json").write_bytes(content)

    assert read_connection(tmp_path) is None


def test_no_record_is_none(tmp_path: Path) -> None:
    assert read_connection(tmp_path) is None
    assert read_connection(tmp_path / "nowhere") is None


def test_reading_a_record_loads_nothing_heavy() -> None:
    program = "import sys, cluster.kube.connection; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert {"httpx", "websockets", "kubernetes", "ssl", "yaml", "asyncio"} & set(loaded) == set()
