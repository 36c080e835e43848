"""Signing in to OpenRouter: the browser brings a code, which becomes a key (OAuth with PKCE).

Source: https://openrouter.ai/docs/use-cases/oauth-pkce. The code is good once, for ten minutes, and for whoever has the
verifier alone.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx

from templates.models.errors import SignInError

PAGE = "https://openrouter.ai/auth"
EXCHANGE = "https://openrouter.ai/api/v1/auth/keys"


@dataclass(frozen=True, slots=True)
class SignIn:
    """One attempt; `verifier` never leaves this program but for the exchange."""

    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(64), repr=False)
    exchange_url: str = EXCHANGE

    def page(self, callback: str | None) -> str:
        """The page to open; without a callback it shows the code, to be pasted."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        challenge = {
            "code_challenge": urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        where = {"key_label": "VibeCode"} if callback is None else {"callback_url": callback}
        return f"{PAGE}?{urlencode({**where, **challenge})}"

    async def exchange(self, http: httpx.AsyncClient, code: str) -> str:
        """The key for a code. Raises SignInError."""
        body = {"code": code.strip(), "code_verifier": self.verifier, "code_challenge_method": "S256"}
        try:
            response = await http.post(self.exchange_url, json=body)
        except httpx.HTTPError as error:
            raise SignInError(f"OpenRouter does not answer: {str(error) or type(error).__name__}.") from error
        try:
            key = response.json().get("key") if response.status_code == 200 else None
        except (ValueError, AttributeError):
            key = None
        if not isinstance(key, str) or not key:
            raise SignInError(f"OpenRouter did not take the code (it answered {response.status_code}).")
        return key
