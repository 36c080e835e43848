"""Where a model is asked: an address that speaks the OpenAI protocol, and the key for it."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from templates.models.errors import InsecureServerError, ProfileError
from templates.text import has_controls

OPENROUTER = "https://openrouter.ai/api/v1"
_NEAR = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


@dataclass(frozen=True, slots=True)
class Server:
    """`url` is the base that `/chat/completions` follows; `key` is sent to it alone, and never shown."""

    url: str
    key: str | None = field(default=None, repr=False)

    def headers(self) -> dict[str, str]:
        """Raises InsecureServerError where the key would leave the person's own network in the clear."""
        said = {"X-Title": "VibeCode"}
        if self.key is None:
            return said
        if self.url.startswith("http://") and not is_near(self.url):
            raise InsecureServerError(f"{self.url} is reached without encryption.")
        return said | {"Authorization": f"Bearer {self.key}"}

    def without_key(self, text: str) -> str:
        """Words of the server, from which its key is taken out where they repeat it."""
        return text.replace(self.key, "…") if self.key else text


def base_url(text: str) -> str:
    """A server's address in its one form, without a slash at the end. Raises ProfileError for what is none."""
    try:
        parts = urlsplit(text.strip())
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        usable, parts = False, urlsplit("")
    if not usable or has_controls(text) or parts.query or parts.fragment or "@" in parts.netloc:
        hint = "An address looks like https://openrouter.ai/api/v1 or http://localhost:11434/v1; a key goes elsewhere."
        raise ProfileError("This is not the address of a model's server.", hint=hint)
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def is_near(url: str) -> bool:
    """Whether the server is on this machine or in the person's own network, by its name alone."""
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_NEAR)
    return address.is_private or address.is_loopback
