"""Which files are left out as secrets."""

import pytest

from templates.credentials import is_secret


def judged(path: str, content: bytes = b"", *, folder: bool = False) -> bool:
    return is_secret(path, folder=folder, start=lambda: content)


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        "config/.env.production",
        ".ENV.local",
        "prod.env",
        ".envrc",
        "certs/server.pem",
        "certs/server.KEY",
        "id_rsa",
        "deploy/id_ed25519",
        ".netrc",
        ".pgpass",
        ".git-credentials",
        ".pypirc",
        "store.p12",
        "release.keystore",
        "terraform.tfstate",
        "credentials.json",
        "client_secret_123.json",
        "service-account-prod.json",
        "config/secrets.yml",
        "home/.docker/config.json",
        ".kube/config",
    ],
)
def test_a_secret_is_known_by_its_name(path: str) -> None:
    assert judged(path)


@pytest.mark.parametrize(
    "path",
    [
        ".env.example",
        ".env.sample",
        ".env.template",
        "example.env",
        "environment.py",
        "env",
        "id_rsa.pub",
        "keys.py",
        "monkey",
        "src/secrets.py",
        "credentials.py",
        "docker/config.json",
        "kube/config",
        "README.md",
        ".npmrc",
    ],
)
def test_what_only_looks_like_one_is_kept(path: str) -> None:
    assert not judged(path)


@pytest.mark.parametrize(("name", "secret"), [(".ssh", True), (".aws", True), ("env", False), (".env", False)])
def test_folders(name: str, secret: bool) -> None:
    assert judged(f"home/{name}", folder=True) is secret


@pytest.mark.parametrize(
    ("path", "content", "secret"),
    [
        (".npmrc", b"fund=false\n", False),
        (".npmrc", b"//registry.example/:_authToken=npm_abc\n", True),
        (".npmrc", b"//registry.example/:_authToken=${NPM_TOKEN}\n", False),
        (".npmrc", b"_auth = abc=\n", True),
        ("web/.npmrc", b'//registry.example/:_password="abc"\n', True),
        (".yarnrc.yml", b"npmAuthToken: abc\n", True),
        (".yarnrc.yml", b'npmAuthToken: "${TOKEN}"\n', False),
        (".yarnrc.yml", b"nodeLinker: node-modules\n", False),
        ("pip.conf", b"[global]\nindex-url = https://me:word@index.example/simple\n", True),
        ("pip.conf", b"[global]\nindex-url = https://index.example/simple\n", False),
        ("notes.txt", b"_authToken=abc", False),
    ],
)
def test_settings_are_secret_only_with_a_token_in_them(path: str, content: bytes, secret: bool) -> None:
    assert judged(path, content) is secret
