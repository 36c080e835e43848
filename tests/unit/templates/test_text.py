"""Text from outside, as a terminal may show it."""

import pytest

from templates.text import has_controls, shown, size_in_words


@pytest.mark.parametrize("text", ["plain", "ünï 日本", "a\u200cb", "👩\u200d💻", "a\u00a0b", ""])
def test_ordinary_text_is_shown_as_it_is(text: str) -> None:
    assert not has_controls(text)
    assert shown(text) == text


@pytest.mark.parametrize("char", ["\x00", "\n", "\x1b", "\x7f", "\x9b", "\u2028", "\u202e", "\u2066", "\udcff"])
def test_what_would_steer_a_terminal_is_escaped(char: str) -> None:
    assert has_controls(f"a{char}b")
    assert shown(f"a{char}b").isprintable()


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1.0 KiB"),
        (1 << 20, "1.0 MiB"),
        (3 << 29, "1.5 GiB"),
        (5 << 40, "5.0 TiB"),
        (5 << 50, "5120.0 TiB"),
    ],
)
def test_sizes_in_words(count: int, words: str) -> None:
    assert size_in_words(count) == words
