"""Settings as rows and as a detail: pure functions of what was read."""

from collections.abc import Sequence
from pathlib import Path

from textual.content import Content

from screens.glyphs import GLYPHS
from screens.settings.store import Secret, Setting, Source
from screens.words import cut, hanging, marked
from templates.text import DASH, plain

SOURCES: dict[Source, tuple[str, str]] = {
    "default": ("default", "$muted"),
    "file": ("file", "$accent"),
    "environment": ("environment", "$warning"),
}
FROM = 11
"""Columns of where a value comes from."""
Row = Setting | Secret


def matching(rows: Sequence[Row], words: str) -> tuple[Row, ...]:
    """Those where each of the words is in name, description or value."""
    wanted = words.lower().split()

    def text(one: Row) -> str:
        value = f"{one.value} {SOURCES[one.source][0]}" if isinstance(one, Setting) else _held(one)
        return f"{one.name} {one.name.replace('_', ' ')} {one.description} {value}".lower()

    return tuple(one for one in rows if all(word in text(one) for word in wanted))


def widths(width: int) -> tuple[int, int]:
    """Columns of a row's name and of its value."""
    name = min(24, max(12, (width - FROM - 4) // 2))
    return name, max(4, width - name - FROM - 4)


def header(width: int) -> Content:
    name, value = widths(width)
    return Content.styled(f"{'Setting':<{name}}  {'Value':<{value}}  {'From':<{FROM}}", "$muted")


def line(one: Row, width: int) -> Content:
    """One row, exactly as wide as its header."""
    name, room = widths(width)
    if isinstance(one, Secret):
        value, style = _held(one), "" if one.place else "$muted"
        where, colour = "secret", "$muted"
    else:
        value, style = plain(one.value) or DASH, "$muted" if one.source == "default" else "bold"
        where, colour = SOURCES[one.source]
    label = one.name if isinstance(one, Secret) else one.name.replace("_", " ")
    return Content.assemble(
        f"{cut(label, name):<{name}}", "  ", (f"{cut(value, room):<{room}}", style), "  ", (f"{where:<{FROM}}", colour)
    )


def summary(rows: Sequence[Row], total: int) -> str:
    """The line above the list."""
    changed = sum(isinstance(one, Setting) and one.source != "default" for one in rows)
    shown = f"{total} settings" if len(rows) == total else f"{len(rows)} of {total} settings"
    return f"{shown}, {changed} set by you"


def detail(one: Row, file: Path, width: int) -> Content:
    """All that is known of one setting, in lines of at most this width."""
    return _secret(one, width) if isinstance(one, Secret) else _setting(one, file, width)


def _setting(one: Setting, file: Path, width: int) -> Content:
    blocks = [
        Content.assemble((one.name.replace("_", " "), "bold"), "\n", marked(one.description)),
        Content.assemble(
            ("Value", "$muted"), "\n", (plain(one.value) or "empty", "bold" if one.value else "$muted"), _origin(one)
        ),
    ]
    if one.source == "environment":
        blocks.append(_note("$warning", _overridden(one)))
    if one.value != one.used:
        used = plain(one.used) or "an empty value"
        blocks.append(_note("$accent", f"This run still goes by {used}; start VibeCode again to go by the new one."))
    facts = [
        ("Default", plain(one.default) or "empty"),
        ("Allowed", one.allowed.replace("`", "")),
        ("Variable", one.variable),
        ("In the file", f"{one.name} = {_toml(one)}"),
    ]
    blocks.append(hanging(facts, width, label=13))
    blocks.append(Content.assemble(("The file", "$muted"), "\n", str(file)))
    return Content("\n\n").join(blocks)


def _origin(one: Setting) -> Content:
    words = {"default": "the default", "file": "from the file", "environment": f"from {one.variable}"}[one.source]
    return Content.styled(f"  {words}", SOURCES[one.source][1])


def _overridden(one: Setting) -> str:
    says = "" if one.written is None else f" The file says {plain(one.written) or 'nothing'}, which does not count."
    return f"The variable {one.variable} goes before the file.{says} `unset {one.variable}` lets the file count."


def _toml(one: Setting) -> str:
    bare = one.default in ("true", "false") or one.default.isdigit()
    return "…" if bare else '"…"'


def _note(colour: str, words: str) -> Content:
    return Content.assemble((f"{GLYPHS.arrow} ", colour), marked(words))


def _secret(one: Secret, width: int) -> Content:
    glyph, colour = (GLYPHS.done, "$success") if one.place else (GLYPHS.stopped, "$muted")
    where = f", in {one.place}" if one.place else ""
    return Content("\n\n").join(
        [
            Content.assemble((one.name, "bold"), "\n", one.description),
            Content.assemble((f"{glyph} ", colour), f"{_held(one)}{plain(where)}"),
            hanging([("How", one.how)], width, "$accent", label=6),
            Content.styled("Secrets are never shown, and never written into the file of settings.", "$muted"),
        ]
    )


def _held(one: Secret) -> str:
    return "set" if one.place else "not set"
