"""`{{ variable }}` in a template's text: replaced in one pass, and everything else in braces left as it is."""

import re
from collections.abc import Mapping

# Vue, Jinja, Go templates and GitHub's `${{ … }}` use braces too, so only this exact form is ours.
_PLACEHOLDER = re.compile(r"(?<![${])\{\{ ([a-z][a-z0-9_]*) \}\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder of a known variable replaced; values are not looked into again."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
