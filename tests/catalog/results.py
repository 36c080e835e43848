"""What the proofs found, kept beside them so that the README's table can be made from it."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from templates.catalog import Template
from tests.catalog.place import WORKSPACE
from tests.catalog.prove import Record

RESULTS = Path(__file__).with_name("results.json")
README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- catalog -->", "<!-- /catalog -->"
STEPS = ("install", "lint", "test", "run", "change")


def read(path: Path) -> list[Record]:
    """The records that were kept; none where there is no file yet."""
    return [Record(**one) for one in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def write(path: Path, records: Sequence[Record]) -> None:
    path.write_text(json.dumps([one.as_dict() for one in records], indent=1) + "\n", encoding="utf-8")


def merged(old: Iterable[Record], new: Iterable[Record]) -> list[Record]:
    """The newest record of each template and place, sorted by both."""
    newest = {(one.template, one.place): one for one in (*old, *new)}
    return [newest[key] for key in sorted(newest)]


def catalog_table(templates: Iterable[Template], records: Iterable[Record]) -> str:
    """The README's table: each template with its times, those in a workspace where it was proven in one."""
    found = {one.template: one for one in sorted(records, key=lambda one: one.place == WORKSPACE)}
    lines = ["| template | what you get | installed in | tested in | runs in |", "| --- | --- | ---: | ---: | ---: |"]
    for template in templates:
        manifest, record = template.manifest, found.get(template.id)
        times = [record.install, record.test, record.run] if record and not record.failed else [None] * 3
        cells = " | ".join("" if time is None else f"{time:.0f} s" for time in times)
        unproven = f" *Not proven: {record.unproven}.*" if record and record.unproven else ""
        lines.append(
            f"| {manifest.icon} `{template.id}` | {manifest.title}: {manifest.good_for}.{unproven} | {cells} |"
        )
    return "\n".join(lines)


def with_catalog_table(readme: str, table: str) -> str:
    """The README with this table between its marks."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def table(records: Iterable[Record]) -> str:
    """The records in Markdown: seconds of each step, and in words what is missing."""
    lines = [f"| template | {' | '.join(STEPS)} | not proven |", f"| --- |{' ---: |' * len(STEPS)} --- |"]
    for one in records:
        times = (getattr(one, step) for step in STEPS)
        cells = ("" if time is None else f"{time:.1f} s" for time in times)
        left = one.failed.splitlines()[0] if one.failed else one.unproven
        lines.append(f"| `{one.template}` | {' | '.join(cells)} | {left} |")
    return "\n".join(lines)
