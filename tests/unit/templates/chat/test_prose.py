"""What is shown of an answer does not depend on how it arrives."""

import random
import re

import pytest

from templates.chat.prose import ProseFlow, condensed

ANSWERS = [
    "\n\n\nFirst.\n\n\n\n\nSecond.\n\nThird.\n\n\n",
    "one\n \n\n\n\ttwo \n\n\n\n\x1b[31mthree\x1b[0m\r\n\r\n\r\nfour\u202eevil",
    "\n",
    "",
    "```\na\n\n\n\nb\n```\n\n\n\n- *c*",
]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("seed", range(20))
def test_however_it_is_cut_the_same_is_shown(answer: str, seed: int) -> None:
    chance = random.Random(seed)
    flow, shown, rest = ProseFlow(), "", answer
    while rest:
        size = chance.randint(1, 4)
        shown, rest = shown + flow.feed(rest[:size]), rest[size:]

    assert shown == condensed(answer)


@pytest.mark.parametrize("answer", ANSWERS)
def test_there_is_no_gap_and_nothing_that_steers_the_terminal(answer: str) -> None:
    shown = condensed(answer)

    assert not shown.startswith("\n")
    assert "\n\n\n" not in shown
    assert all(char.isprintable() or char in "\n\t" for char in shown)
    assert re.findall(r"\w+", shown) == re.findall(r"\w+", answer)
