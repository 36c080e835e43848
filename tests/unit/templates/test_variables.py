"""Which values a variable takes, and what it says of others."""

from typing import Any

import pytest

from templates.variables import WORKSPACE_NAME, AnyVariable, BooleanVariable, IntegerVariable, StringVariable


def string(**rules: Any) -> StringVariable:
    return StringVariable(type="string", title="X", default="", **rules)


def integer(**rules: Any) -> IntegerVariable:
    return IntegerVariable(type="integer", title="X", default=0, **rules)


BOOLEAN = BooleanVariable(type="boolean", title="X", default=True)


@pytest.mark.parametrize(
    ("variable", "value", "filled"),
    [
        (string(), "", ""),
        (string(), "Ann\u2019s shop (new!): 日本 👩\u200d💻", "Ann\u2019s shop (new!): 日本 👩\u200d💻"),
        (string(), "x" * 200, "x" * 200),
        (string(pattern="[^<]*"), 'it\'s "quoted" & more', 'it\'s "quoted" & more'),
        (string(choices=("a", "b&c")), "b&c", "b&c"),
        (integer(), "-7", "-7"),
        (integer(), "007", "7"),
        (integer(min=1, max=3), "1", "1"),
        (integer(min=1, max=3), "3", "3"),
        (BOOLEAN, "false", "false"),
        (WORKSPACE_NAME, "my-shop-2", "my-shop-2"),
    ],
)
def test_a_value_that_fits(variable: AnyVariable, value: str, filled: str) -> None:
    assert variable.accept(value) == filled


@pytest.mark.parametrize(
    ("variable", "value", "rule"),
    [
        *((string(), f"a{char}b", "must do without") for char in "\"'`\\$<>&{}"),
        *((string(), f"a{char}b", "one line") for char in "\n\r\t\0\x1b\x85\u2028\u202e"),
        *((string(pattern="(?s).*"), f"a{char}", "one line") for char in "\n\0"),
        (string(pattern="[a-z]+"), "abc\n", "one line"),
        (string(pattern="[a-z]+"), "abc1", "must match [a-z]+"),
        (string(pattern="[a-z]+"), "1abc", "must match [a-z]+"),
        (string(choices=("a", "b")), "c", "must be one of a, b"),
        (string(max_length=3), "four", "at most 3 characters"),
        (string(), "x" * 201, "at most 200 characters"),
        (integer(), "", "whole number"),
        (integer(), "1.5", "whole number"),
        (integer(), "1_000", "whole number"),
        (integer(), " 1", "whole number"),
        (integer(), "١", "whole number"),  # noqa: RUF001 - a digit, but not one of ours
        (integer(), "9" * 5000, "whole number"),
        (integer(min=1), "0", "at least 1"),
        (integer(max=3), "4", "at most 3"),
        (BOOLEAN, "yes", "true or false"),
        (BOOLEAN, "True", "true or false"),
        (WORKSPACE_NAME, "My_Shop", "must match"),
        (WORKSPACE_NAME, "", "must match"),
    ],
)
def test_a_value_that_does_not_fit(variable: AnyVariable, value: str, rule: str) -> None:
    with pytest.raises(ValueError) as caught:
        variable.accept(value)
    assert rule in str(caught.value)
