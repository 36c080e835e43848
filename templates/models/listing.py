"""The models that a server has, with prices and context where it says them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import httpx

from templates.models.errors import ModelGoneError, ModelUnreachableError, NotAModelServerError
from templates.models.prices import Prices
from templates.models.refusals import as_table, refusal
from templates.models.server import Server
from templates.text import has_controls

LARGEST = 32 << 20
"""Bytes of a list that are read; OpenRouter's has less than one MiB."""

_CONTEXTS = ("context_length", "max_model_len", "max_context_length", "context_window")
"""As OpenRouter, vLLM, LM Studio and others call it."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """`context` and `max_output` are in tokens; None is unknown, prices too."""

    id: str
    title: str
    context: int | None = None
    max_output: int | None = None
    prices: Prices | None = None

    def as_dict(self) -> dict[str, object]:
        """What `vibecode models --json` says of it; prices are in US dollars for a million tokens."""
        prices = self.prices
        return {
            "id": self.id,
            "title": self.title,
            "context": self.context,
            "max_output": self.max_output,
            "prompt_price": None if prices is None else float(prices.prompt * 1_000_000),
            "completion_price": None if prices is None else float(prices.completion * 1_000_000),
        }


async def list_models(http: httpx.AsyncClient, server: Server) -> tuple[ModelInfo, ...]:
    """All models of the server, sorted by id. Raises a `ModelError`."""
    try:
        async with http.stream("GET", f"{server.url}/models", headers=server.headers()) as response:
            body = b""
            async for data in response.aiter_bytes():
                body += data
                if len(body) > LARGEST:
                    raise NotAModelServerError(f"The list of {server.url} has more than {LARGEST >> 20} MiB.")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ModelUnreachableError(f"{server.url}: {str(error).rstrip('.') or type(error).__name__}.") from error
    if response.status_code in (404, 405) or response.is_redirect:
        raise NotAModelServerError(f"{server.url}/models answered {response.status_code}.")
    if response.status_code != 200:
        raise refusal(server, "The list of models", response.status_code, body)
    return read_models(body, server.url)


def read_models(body: bytes, url: str) -> tuple[ModelInfo, ...]:
    """Reads the answer to `GET /models`. Raises NotAModelServerError."""
    try:
        parsed: object = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise NotAModelServerError(f"{url}/models did not answer JSON.") from None
    data = as_table(parsed).get("data")
    if not isinstance(data, list):
        raise NotAModelServerError(f"{url}/models did not answer a list of models.")
    tables = [as_table(one) for one in cast("list[Any]", data)]
    infos = {info.id: info for info in map(_info, tables) if info is not None}
    return tuple(infos[name] for name in sorted(infos))


def find_model(models: Sequence[ModelInfo], name: str, url: str) -> ModelInfo:
    """The model of this id. Raises ModelGoneError, which names similar ones."""
    for model in models:
        if model.id in (name, f"{name}:latest"):  # Ollama's names have a tag
            return model
    from difflib import get_close_matches

    close = get_close_matches(name, [model.id for model in models], n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(f'`{one}`' for one in close)}? `vibecode models` lists them all."
    raise ModelGoneError(f"{url} has no model {name!r}.", hint=hint if close else None)


def _info(table: Mapping[str, Any]) -> ModelInfo | None:
    name = table.get("id")
    if not isinstance(name, str) or not name or has_controls(name):
        return None
    title = table.get("name")
    best = as_table(table.get("top_provider"))
    meta = as_table(table.get("meta"))  # llama.cpp
    contexts = (*(table.get(key) for key in _CONTEXTS), best.get("context_length"), meta.get("n_ctx_train"))
    return ModelInfo(
        name,
        title if isinstance(title, str) and not has_controls(title) else name,
        next((one for one in map(_tokens, contexts) if one), None),
        _tokens(best.get("max_completion_tokens")),
        _prices(as_table(table.get("pricing"))),
    )


def _tokens(value: object) -> int | None:
    return value if type(value) is int and value > 0 else None


def _prices(table: Mapping[str, Any]) -> Prices | None:
    """OpenRouter gives dollars per token as text, and -1 where the price is known only afterwards."""
    try:
        prices = Prices(Decimal(str(table["prompt"])), Decimal(str(table["completion"])))
    except (KeyError, InvalidOperation):
        return None
    usable = all(price.is_finite() and price >= 0 for price in (prices.prompt, prices.completion))
    return prices if usable else None
