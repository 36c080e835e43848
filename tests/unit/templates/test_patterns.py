"""Patterns of others: those that could take for ever are told from those that cannot."""

import re

import pytest

from templates.patterns import slow_because


@pytest.mark.parametrize(
    "pattern",
    [
        "#[0-9a-fA-F]{6}",
        "[a-z]([a-z0-9-]*[a-z0-9])?",
        r"[a-z]+@[a-z]+\.[a-z]+",
        "[]*+(]*",
        r"\(a+\)+",
        "(?:ab)*c",
        "(?P<year>[0-9]{4})-[0-9]{2}",
        "(MIT|Apache-2.0)",
        "(?s).*",
        "(?i:x)+",
        "",
    ],
)
def test_what_ends_soon_is_taken(pattern: str) -> None:
    re.compile(pattern)
    assert slow_because(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|a)*$",
        "(a|aa)+$",
        "(?:a?){30}a{30}",
        "a?" * 30 + "a" * 30,
        "(a|a)" * 30,
        "(?x)(a+) +$",
        r"(a*)\1*",
        "(?P<x>a*)(?P=x)*",
        "(a{1,3}){20}",
        "((ab)+c)*",
        "a*a*a*a*$",
        "([a-z]+[a-z]*)*",
    ],
)
def test_what_may_take_for_ever_is_not(pattern: str) -> None:
    re.compile(pattern)
    assert slow_because(pattern)
