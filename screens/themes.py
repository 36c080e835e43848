"""The themes: dark, light and high contrast, each with one accent; and the terminal's own 16 colours.

Each is named as the setting `theme` names it, with `vibecode-` before it.
"""

from collections.abc import Mapping

from textual.theme import Theme

PREFIX = "vibecode-"
NAMES = ("dark", "light", "contrast", "terminal")
DARK, LIGHT, CONTRAST, TERMINAL = (f"{PREFIX}{name}" for name in NAMES)


def _theme(name: str, *, dark: bool, ink: Mapping[str, str], accent: str, muted: str, cursor: str) -> Theme:
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        secondary=accent,
        accent=accent,
        foreground=ink["foreground"],
        background=ink["background"],
        surface=ink["surface"],
        panel=ink["panel"],
        success=ink["success"],
        warning=ink["warning"],
        error=ink["error"],
        variables={
            "muted": muted,
            "cursor": cursor,
            "block-cursor-background": accent,
            "block-cursor-foreground": ink["background"],
            "block-cursor-text-style": "none",
            "block-cursor-blurred-background": cursor,
            "border": accent,
            "border-blurred": ink["panel"],
            "input-cursor-background": accent,
            "input-selection-background": f"{accent} 35%",
            "scrollbar": ink["panel"],
            "scrollbar-hover": muted,
            "scrollbar-active": accent,
            "scrollbar-background": ink["background"],
            "scrollbar-background-hover": ink["background"],
            "scrollbar-background-active": ink["background"],
            "scrollbar-corner-color": ink["background"],
        },
    )


THEMES = (
    _theme(
        DARK,
        dark=True,
        accent="#9aa5ff",
        muted="#7f8899",
        cursor="#232838",
        ink={
            "foreground": "#d9dde6",
            "background": "#101218",
            "surface": "#161922",
            "panel": "#2a2f3d",
            "success": "#7fd1a1",
            "warning": "#e8c274",
            "error": "#f28b82",
        },
    ),
    _theme(
        LIGHT,
        dark=False,
        accent="#4350c7",
        muted="#6a7080",
        cursor="#e3e5f6",
        ink={
            "foreground": "#22252d",
            "background": "#fbfbf9",
            "surface": "#f3f3f0",
            "panel": "#d9dade",
            "success": "#1d7f4d",
            "warning": "#94620a",
            "error": "#bf3030",
        },
    ),
    _theme(
        CONTRAST,
        dark=True,
        accent="#ffe14d",
        muted="#d0d0d0",
        cursor="#333333",
        ink={
            "foreground": "#ffffff",
            "background": "#000000",
            "surface": "#000000",
            "panel": "#8a8a8a",
            "success": "#5dff9b",
            "warning": "#ffb84d",
            "error": "#ff8a8a",
        },
    ),
)


def terminal_theme() -> Theme:
    """The colours that the person has given the terminal, for one that shows only 16."""
    from textual.theme import BUILTIN_THEMES

    base = BUILTIN_THEMES["ansi-dark"]
    return Theme(
        name=TERMINAL,
        ansi=True,
        dark=base.dark,
        primary="ansi_bright_blue",
        secondary="ansi_bright_blue",
        accent="ansi_bright_blue",
        success="ansi_green",
        warning="ansi_yellow",
        error="ansi_red",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_bright_black",
        boost="ansi_default",
        variables={
            **base.variables,
            "muted": "ansi_bright_black",
            "cursor": "ansi_black",
            "block-cursor-background": "ansi_bright_blue",
            "block-cursor-foreground": "ansi_black",
        },
    )


def next_setting(theme: str) -> str:
    """What the setting `theme` names the theme that comes after this one."""
    return NAMES[(NAMES.index(theme.removeprefix(PREFIX)) + 1) % len(NAMES)]


def theme_of(setting: str, automatic: str) -> str:
    """The theme that the setting names; `automatic` is the one for this terminal."""
    return f"{PREFIX}{setting}" if setting in NAMES else automatic


def wanted_theme(environ: Mapping[str, str]) -> str:
    """The theme for a terminal that says this of its colours (the rules are rich's, which writes them)."""
    many = environ.get("COLORTERM", "").lower() in ("truecolor", "24bit")
    many = many or environ.get("TERM", "").rpartition("-")[2] in ("256color", "kitty", "direct")
    return DARK if many else TERMINAL
