"""`python -m tests.catalog [ID …]`: proves templates one after another, prints a table, and keeps it for the README."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from templates.catalog import Catalog
from templates.toolchains import programs
from tests.catalog.place import LocalFolder
from tests.catalog.proofs import PROOFS
from tests.catalog.prove import Record, prove
from tests.catalog.results import README, RESULTS, catalog_table, merged, read, table, with_catalog_table, write

NEEDED = ("git", "node", "npm", "python3", "uv")
"""Beside the toolchains that a template names."""


async def _prove(ids: Sequence[str], keep: Path | None) -> list[Record]:
    records: list[Record] = []
    for template_id in ids:
        folder = Path(tempfile.mkdtemp(prefix=f"{template_id}-", dir=keep))
        try:
            record = await prove(Catalog().load(template_id), PROOFS[template_id], LocalFolder(folder))
        finally:
            if keep is None:
                shutil.rmtree(folder, ignore_errors=True)
        print(f"{template_id}: {record.failed or 'proven'}", file=sys.stderr, flush=True)
        records.append(record)
        write(RESULTS, merged(read(RESULTS), [record]))
    newest = catalog_table(Catalog().list().templates, read(RESULTS))
    README.write_text(with_catalog_table(README.read_text(encoding="utf-8"), newest), encoding="utf-8")
    return records


def main() -> None:
    ids = tuple(PROOFS)
    parser = argparse.ArgumentParser(prog="python -m tests.catalog", description=__doc__)
    parser.add_argument("ids", metavar="ID", nargs="*", help="templates; all of them if none is named")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the projects there, to look at")
    args = parser.parse_args()
    if unknown := set(args.ids) - set(ids):
        parser.error(f"there is nothing to prove of {', '.join(sorted(unknown))}")
    chosen = args.ids or ids
    toolchains = {name for one in chosen for name in Catalog().load(one).manifest.toolchains}
    if missing := [name for name in (*NEEDED, *programs(toolchains)) if shutil.which(name) is None]:
        parser.error(f"the templates need {', '.join(missing)} on PATH")
    if args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
    records = asyncio.run(_prove(chosen, args.keep))
    print(table(records))
    sys.exit(any(record.failed for record in records))


if __name__ == "__main__":
    main()
