"""How an API server is reached: read once from a kubeconfig, then kept beside it in a form that loads in a moment."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from cluster.errors import KubeconfigError

if TYPE_CHECKING:
    from kubernetes.client import Configuration

RECORD = "connection.json"


@dataclass(frozen=True, slots=True)
class Connection:
    """One API server and the credentials for it; `server` is a URL such as `https://127.0.0.1:41234`.

    Without `ca` the machine's own authorities are trusted.
    """

    server: str
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    token: str | None = field(default=None, repr=False)


def read_connection(folder: Path) -> Connection | None:
    """The connection that `write_connection` left in `folder`; None where there is none or it cannot be read."""
    try:
        record: object = json.loads((folder / RECORD).read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(record, dict):
        return None
    fields = cast("Mapping[str, object]", record)

    def text(name: str) -> str | None:
        value = fields.get(name)
        return value if isinstance(value, str) else None

    def file(name: str) -> Path | None:
        value = text(name)
        return None if value is None else folder / value

    server = text("server")
    if server is None:
        return None
    return Connection(server, file("ca"), file("certificate"), file("key"), text("token"))


def write_connection(folder: Path, kubeconfig: Path, context: str) -> Connection:
    """Reads `context` of a kubeconfig, with its plugins and tokens, and keeps it in `folder`, in files of mode 0600.

    Blocks, for seconds where a plugin asks somebody. A crash leaves the old record, none, or the new one, never
    a mixture. Raises KubeconfigError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        loaded = _load(kubeconfig, context, Path(scratch))
        contents = {
            "ca.crt": _contents(loaded.ssl_ca_cert),
            "client.crt": _contents(loaded.cert_file),
            "client.key": _contents(loaded.key_file),
        }
    (folder / RECORD).unlink(missing_ok=True)  # until all is in place again, there is no connection
    for name, content in contents.items():
        if content is None:
            (folder / name).unlink(missing_ok=True)
        else:
            _write(folder / name, content)
    kept = {name: None if content is None else name for name, content in contents.items()}
    record = {
        "server": str(loaded.host),
        "ca": kept["ca.crt"],
        "certificate": kept["client.crt"],
        "key": kept["client.key"],
        "token": _token(loaded),
    }
    _write(folder / RECORD, json.dumps(record, indent=1).encode())
    connection = read_connection(folder)
    assert connection is not None
    return connection


def _load(kubeconfig: Path, context: str, scratch: Path) -> "Configuration":
    from kubernetes import config
    from kubernetes.client import Configuration
    from yaml import YAMLError

    configuration = Configuration()
    try:
        config.load_kube_config(
            config_file=str(kubeconfig),
            context=context,
            client_configuration=configuration,
            persist_config=False,
            temp_file_path=str(scratch),
        )
    except (config.ConfigException, OSError, YAMLError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise KubeconfigError(f"{kubeconfig}, context {context!r}: {error}") from error
    if not configuration.verify_ssl:
        raise KubeconfigError(f"{kubeconfig}, context {context!r}: it switches off the check of certificates.")
    needed = str(configuration.host).startswith("https:")
    if needed and configuration.cert_file is None and _token(configuration) is None:
        raise KubeconfigError(f"{kubeconfig}, context {context!r}: it gives no credentials; a plugin may have failed.")
    return configuration


def _token(configuration: "Configuration") -> str | None:
    header = cast("Mapping[str, str]", configuration.api_key).get("BearerToken", "")
    return header.removeprefix("Bearer ") if header.startswith("Bearer ") else None  # or a password, long unsupported


def _contents(path: str | None) -> bytes | None:
    return None if path is None else Path(path).read_bytes()


def _write(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
