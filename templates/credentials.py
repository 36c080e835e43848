"""Which files hold secrets, told by their names, and for a few by what is in them."""

import re
from collections.abc import Callable
from fnmatch import translate


def _any_of(*globs: str) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, globs)))


_NAMES = _any_of(
    *(".env", ".env.*", "*.env", ".envrc"),
    *("*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.ppk", "*.kdbx"),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk"),
    *(".netrc", "_netrc", ".pgpass", ".my.cnf", ".git-credentials", ".htpasswd", ".pypirc", ".dockercfg"),
    *("credentials", "credentials.json", "client_secret*.json", "service-account*.json", "service_account*.json"),
    *("secrets.json", "secrets.toml", "secrets.yaml", "secrets.yml", "kubeconfig", "*.kubeconfig"),
    *("*.tfstate", "*.tfstate.backup", ".vault-token", ".vault_pass"),
)
_PATHS = _any_of("*.docker/config.json", "*.kube/config")
_FOLDERS = (".ssh", ".gnupg", ".aws", ".azure")
_EXAMPLES = _any_of("*.example", "*.sample", "*.template", "*.dist", "example.env", "sample.env", "template.env")

# These are harmless, and wanted, unless somebody put a token into them. `${…}` is read from the environment.
_SETTINGS = (".npmrc", ".yarnrc", ".yarnrc.yml", "pip.conf", "uv.toml")
_TOKEN = re.compile(
    rb"""(_auth|_authToken|_password)["']?\s*[=\s]\s*["']?(?!\$\{)[^\s"'=]"""
    rb"""|npmAuth(Token|Ident)["']?\s*:\s*["']?(?!\$\{)[^\s"']"""
    rb"""|://[^/\s:@]+:(?!\$\{)[^/\s@]+@"""
)


def is_secret(path: str, *, folder: bool, start: Callable[[], bytes]) -> bool:
    """Whether the file or folder at this path probably holds secrets; `start` reads the beginning of the file."""
    path = path.lower()
    name = path.rpartition("/")[2]
    if folder:
        return name in _FOLDERS
    if _EXAMPLES.match(name):
        return False
    if _NAMES.match(name) or _PATHS.match(path):
        return True
    return name in _SETTINGS and _TOKEN.search(start()) is not None
