"""The command line: what it takes, and how it answers."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tally import __version__
from tally.counting import Count, count, files, total

app = typer.Typer(add_completion=False)


def _version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.command()
def tally(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Files, and folders to look through.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON, for a script.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """{{ title }}."""
    counts = [counted for path in files(paths) if (counted := count(path))]
    if as_json:
        print(json.dumps([asdict(one) for one in counts]))
    else:
        Console().print(_table(counts))


def _table(counts: list[Count]) -> Table:
    table = Table(show_footer=True)
    whole = total(counts)
    table.add_column("File", whole.path)
    for name, number in (("Lines", whole.lines), ("Words", whole.words), ("Characters", whole.characters)):
        table.add_column(name, f"{number:,}", justify="right")
    for one in counts:
        table.add_row(one.path, f"{one.lines:,}", f"{one.words:,}", f"{one.characters:,}")
    return table
