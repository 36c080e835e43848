"""What the settings' docstrings say, for `vibecode config` and for the table in the README."""

import ast
import inspect
from dataclasses import fields
from itertools import pairwise

from launcher import settings
from launcher.settings import Settings, default, variable

HOME = ("VIBECODE_HOME", "", "", "One folder for configuration, data, cache and logs, instead of the system's own.")


def descriptions() -> dict[str, str]:
    """Each field of `Settings` with the docstring below it."""
    tree = ast.parse(inspect.getsource(settings))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == Settings.__name__)
    found: dict[str, str] = {}
    for field_node, doc in pairwise(body):
        match field_node, doc:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
            case _:
                pass
    return found


def markdown_table() -> str:
    """The README's table of settings."""
    docs = descriptions()
    rows = [("Variable", "In `config.toml`", "Default", "What it is"), ("---",) * 4, HOME]
    rows += [(variable(one.name), f"`{one.name}`", _shown(default(one)), docs[one.name]) for one in fields(Settings)]
    rows = [(f"`{row[0]}`" if row[0].startswith("VIBECODE_") else row[0], *row[1:]) for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return "" if value == "" else f"`{value}`"
