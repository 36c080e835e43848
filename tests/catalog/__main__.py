"""`python -m tests.catalog [ID …]`: proves templates one after another, prints a table, and keeps it for the README."""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from cluster.kind.engine import KindEngine
from templates.catalog import Catalog
from templates.toolchains import programs
from tests.bench.running import configuration
from tests.catalog.place import LocalFolder, Place
from tests.catalog.proofs import PROOFS
from tests.catalog.prove import NAME, Record, prove
from tests.catalog.results import README, RESULTS, catalog_table, merged, read, table, with_catalog_table, write
from tests.catalog.workspace import Workspace

NEEDED = ("git", "node", "npm", "python3", "uv")
"""Beside the toolchains that a template names."""
ON_A_CLUSTER = ("chromium", "docker", "kind")
CLUSTER = "vibecode-catalog"

ProvenIn = Callable[[str], AbstractAsyncContextManager[Place]]
"""Where the template of this id is proven; nothing is left there in the end."""


@asynccontextmanager
async def _folders(keep: Path | None) -> AsyncGenerator[ProvenIn]:
    """A folder of this machine for each template."""

    @asynccontextmanager
    async def place(template_id: str) -> AsyncGenerator[Place]:
        folder = Path(tempfile.mkdtemp(prefix=f"{template_id}-", dir=keep))
        try:
            yield LocalFolder(folder)
        finally:
            if keep is None:
                shutil.rmtree(folder, ignore_errors=True)

    yield place


@asynccontextmanager
async def _workspaces() -> AsyncGenerator[ProvenIn]:
    """A workspace for each template, on a cluster of their own."""
    with tempfile.TemporaryDirectory(prefix="vc") as home:
        engine = KindEngine(configuration(os.environ, Path(home), CLUSTER, ""))

        @asynccontextmanager
        async def place(_: str) -> AsyncGenerator[Place]:
            workspace = Workspace(engine, NAME)
            try:
                yield workspace
            finally:
                await workspace.remove()

        try:
            async for _ in engine.up():
                pass
            yield place
        finally:
            async for _ in engine.down():
                pass
            await engine.close()


async def _prove(ids: Sequence[str], places: AbstractAsyncContextManager[ProvenIn]) -> list[Record]:
    async with places as place:
        return [await _prove_one(template_id, place) for template_id in ids]


async def _prove_one(template_id: str, place: ProvenIn) -> Record:
    async with place(template_id) as there:
        record = await prove(Catalog().load(template_id), PROOFS[template_id], there)
    print(f"{template_id}: {record.failed or 'proven'}", file=sys.stderr, flush=True)
    write(RESULTS, merged(read(RESULTS), [record]))
    newest = catalog_table(Catalog().list().templates, read(RESULTS))
    README.write_text(with_catalog_table(README.read_text(encoding="utf-8"), newest), encoding="utf-8")
    return record


def main() -> None:
    ids = tuple(PROOFS)
    parser = argparse.ArgumentParser(prog="python -m tests.catalog", description=__doc__)
    parser.add_argument("ids", metavar="ID", nargs="*", help="templates; all of them if none is named")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the projects there, to look at")
    where.add_argument("--cluster", action="store_true", help="in workspaces on a cluster of their own")
    args = parser.parse_args()
    if unknown := set(args.ids) - set(ids):
        parser.error(f"there is nothing to prove of {', '.join(sorted(unknown))}")
    chosen = args.ids or ids
    toolchains = {name for one in chosen for name in Catalog().load(one).manifest.toolchains}
    needed = ON_A_CLUSTER if args.cluster else (*NEEDED, *programs(toolchains))
    if missing := [name for name in needed if shutil.which(name) is None]:
        parser.error(f"the templates need {', '.join(missing)} on PATH")
    if args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
    records = asyncio.run(_prove(chosen, _workspaces() if args.cluster else _folders(args.keep)))
    print(table(records))
    sys.exit(any(record.failed for record in records))


if __name__ == "__main__":
    main()
