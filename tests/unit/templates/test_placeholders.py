"""Only `{{ variable }}` of a known variable is replaced, once."""

import pytest

from templates.placeholders import fill

VALUES = {"name": "shop", "title": "My {{ name }}"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{ name }}", "shop"),
        ("a{{ name }}b {{ name }}\r\n", "ashopb shop\r\n"),
        ("{{ title }}", "My {{ name }}"),
        ("{{name}}", "{{name}}"),
        ("{{  name  }}", "{{  name  }}"),
        ("{{ other }}", "{{ other }}"),
        ("${{ name }}", "${{ name }}"),
        ("{{{ name }}}", "{{{ name }}}"),
        ("a{b:{{ name }}}", "a{b:shop}"),
        ("{{ name | upper }}", "{{ name | upper }}"),
        ("{{ Name }}", "{{ Name }}"),
        ("{% if name %}", "{% if name %}"),
        ("{ name }", "{ name }"),
        ("{{ .Values.name }}", "{{ .Values.name }}"),
    ],
)
def test_fill(text: str, filled: str) -> None:
    assert fill(text, VALUES) == filled
