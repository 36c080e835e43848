"""Models, their keys and their costs in words: pure functions."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from textual.content import Content

from screens.glyphs import GLYPHS
from screens.models.access import KeyPlace, ModelState
from screens.words import cut, pairs
from templates.text import DASH, plain

if TYPE_CHECKING:
    from templates.models.ledger import Budgets, Total, Totals
    from templates.models.listing import ModelInfo
    from templates.models.profiles import Profile, Profiles

MILLION = 1_000_000
PLACES: dict[KeyPlace, str] = {
    "environment": "VIBECODE_AI_KEY has it",
    "keyring": "in this system's keyring",
    "run": "kept for this run only, since there is no keyring",
}
COLUMNS = 30
"""Of a model's context and prices."""


def model_name(profile: "Profile") -> str:
    return plain(profile.model) or "the server's only model"


def state_words(state: ModelState) -> Content:
    """What is asked now, where, and with what key."""
    key = "none" if state.key is None else PLACES[state.key]
    rows = [("Model", model_name(state.profile)), ("Server", plain(state.profile.url)), ("Key", key)]
    if state.overridden:
        names = " and ".join(f"`{name}`" for name in state.overridden)
        rows.append(("Note", f"The settings {names} go before what is chosen here."))
    return pairs(rows)


def price_words(model: "ModelInfo") -> str:
    """US dollars for a million tokens, read and written."""
    if model.prices is None:
        return "unknown"
    if not model.prices.prompt and not model.prices.completion:
        return "free"
    return f"${model.prices.prompt * MILLION:.2f} / ${model.prices.completion * MILLION:.2f}"


def context_words(tokens: int | None) -> str:
    return DASH if tokens is None else f"{tokens // 1000:,}k" if tokens >= 1000 else str(tokens)


def titles(width: int) -> Content:
    return Content.styled(f"{'MODEL':<{width - COLUMNS}}{'CONTEXT':>9}{'$ READ / WRITTEN':>{COLUMNS - 9}}", "$muted")


def line(model: "ModelInfo", width: int, *, chosen: bool) -> Content:
    room = width - COLUMNS
    name = f"{cut(plain(model.id), room - 3):<{room - 2}}"
    mark = f"{GLYPHS.mark} " if chosen else "  "
    return Content.assemble(
        (mark, "$accent bold"),
        (name, "bold" if chosen else ""),
        (f"{context_words(model.context):>9}", "$muted"),
        (f"{price_words(model):>{COLUMNS - 9}}", "$foreground 80%"),
    )


def matching(models: Sequence["ModelInfo"], words: str) -> tuple["ModelInfo", ...]:
    """Those with each of the words in id or title."""
    wanted = words.casefold().split()
    return tuple(one for one in models if all(word in f"{one.id} {one.title}".casefold() for word in wanted))


def servers(profiles: "Profiles") -> tuple[tuple[str, str], ...]:
    """The servers as (value, title) to choose from."""
    return tuple((name, plain(name)) for name in profiles.by_name)


def money(amount: Decimal | None) -> str:
    from templates.models.ledger import dollars

    return dollars(amount)


def about(cost: Decimal | None) -> str:
    """A cost that is only estimated."""
    return "price unknown" if cost is None else "free" if cost == 0 else f"about {money(cost)}"


def usage_lines(totals: "Totals", budgets: "Budgets", width: int) -> Content:
    """Requests, tokens and costs; then what may be spent."""
    rows = [("today", totals.today), ("this month", totals.month), ("in all", totals.ever)]
    spaces = [(name, one) for name, one in totals.workspaces.items() if name]
    parts = [_header(width), *(_usage(plain(name), one, width) for name, one in rows)]
    for title, found in (("WORKSPACES", spaces), ("MODELS", list(totals.models.items()))):
        if found:
            parts += [Content(""), Content.styled(title, "$muted")]
            parts += [_usage(plain(name), one, width) for name, one in found]
    limits = (("a request", budgets.request), ("a day", budgets.day), ("a workspace", budgets.workspace))
    said = ", ".join(f"{money(limit)} for {what}" for what, limit in limits if limit is not None) or "none"
    parts += [Content(""), Content.styled(f"Budgets: {said}. Settings (9) changes them.", "$muted")]
    if totals.ever.unknown:
        parts.append(Content.styled("A + stands for costs that are not known.", "$muted"))
    return Content("\n").join(parts)


def _header(width: int) -> Content:
    return Content.styled(_columns("", "REQUESTS", "READ", "WRITTEN", "COST", width), "$muted")


def _usage(name: str, one: "Total", width: int) -> Content:
    tokens = (f"{one.prompt_tokens:,}", f"{one.completion_tokens:,}")
    return Content(_columns(name, f"{one.requests:,}", *tokens, money(one.cost) + "+" * bool(one.unknown), width))


def _columns(name: str, requests: str, read: str, written: str, cost: str, width: int) -> str:
    room = max(8, width - 43)
    return f"{cut(name, room):<{room}}{requests:>9}{read:>12}{written:>11}{cost:>11}"
