"""One chunk of a streamed answer as a record: text, the reason why it ended, usage, or an error."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from templates.models.errors import NotAModelServerError
from templates.models.model import FinishReason, Usage
from templates.models.refusals import as_table

_REASONS: dict[str, FinishReason] = {
    **{"length": "length", "max_tokens": "length", "max_output_tokens": "length"},
    **{"content_filter": "filtered", "refusal": "filtered", "safety": "filtered"},
}


@dataclass(frozen=True, slots=True)
class Chunk:
    """`error` is the status and the body of an error in the middle of the stream."""

    text: str = ""
    reason: FinishReason | None = None
    usage: Usage | None = None
    error: tuple[int, bytes] | None = None


def read_chunk(data: str) -> Chunk:
    """Reads `data` of one event, or the body of an answer that was not streamed. Raises NotAModelServerError."""
    try:
        parsed: object = json.loads(data, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise NotAModelServerError(f"It sent what is not JSON: {data[:80]!r}.") from None
    table = as_table(parsed)
    if (error := table.get("error")) is not None:
        return Chunk(error=(_status(error), json.dumps({"error": error}, default=str).encode()))
    usage = _usage(as_table(table["usage"])) if table.get("usage") else None
    choices = table.get("choices")
    if not isinstance(choices, list) or not choices:
        return Chunk(usage=usage)
    choice = as_table(cast("list[Any]", choices)[0])
    said = as_table(choice.get("delta") or choice.get("message"))
    reason = choice.get("finish_reason")
    refused = said.get("refusal")
    text = _text(said.get("content")) + _text(refused)
    if not reason:
        return Chunk(text, "filtered" if refused else None, usage)
    return Chunk(text, "filtered" if refused else _REASONS.get(str(reason), "stop"), usage)


def _text(content: object) -> str:
    """Half of a surrogate pair, which JSON can spell, is no character that a file could hold."""
    if not isinstance(content, str) or content.isascii():
        return content if isinstance(content, str) else ""
    return content.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _status(error: object) -> int:
    code = as_table(error).get("code")
    try:
        status = int(code) if isinstance(code, int | str) else 500
    except ValueError:
        return 500
    return status if 400 <= status <= 599 else 500


def _usage(table: Mapping[str, Any]) -> Usage:
    return Usage(_count(table.get("prompt_tokens")), _count(table.get("completion_tokens")), _money(table.get("cost")))


def _count(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _money(value: object) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        money = Decimal(str(value))
    except InvalidOperation:
        return None
    return money if money.is_finite() and money >= 0 else None
