"""`python -m tests.bench [PART …]`: measures, prints a table, writes JSON; it reports, and no number makes it fail."""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from tests.bench import (
    chat,
    dependencies,
    edits,
    image,
    local,
    new,
    proxy,
    screens,
    seeding,
    serve,
    startup,
    telemetry,
    up,
)
from tests.bench.harness import ROOT, Result, machine, table, write
from tests.bench.running import running_cluster

ON_A_CLUSTER = {"startup": startup.measure, "seeding": seeding.measure, "new": new.measure, "image": image.measure}
WITHOUT_DOCKER = {
    "proxy": proxy.measure,
    "local": local.measure,
    "edits": edits.measure,
    "chat": chat.measure,
    "screens": screens.measure,
    "serve": serve.measure,
    "telemetry": telemetry.measure,
    "dependencies": dependencies.measure,
}
PARTS = ("up", "dependencies-kind", *WITHOUT_DOCKER, *ON_A_CLUSTER)
NEEDED = ("code-server", "docker", "kind", "kubectl", "tar")
HOME = ROOT / ".artefacts" / "bench"
RECORD = ROOT / ".artefacts" / "bench.json"


async def measure(parts: Sequence[str], runs: int | None, keep: bool) -> None:
    count = {} if runs is None else {"runs": runs}
    facts = await machine()
    results: list[Result] = []
    if "up" in parts:
        results += await up.measure(os.environ, **count)
    if "dependencies-kind" in parts:
        results += await dependencies.measure_in_a_cluster(**count)
    for part in (part for part in WITHOUT_DOCKER if part in parts):
        results += await WITHOUT_DOCKER[part](**count)
    if wanted := [part for part in ON_A_CLUSTER if part in parts]:
        async with running_cluster(os.environ, HOME, keep=keep) as there:
            facts["kubernetes"] = await there.version()
            for part in wanted:
                results += await ON_A_CLUSTER[part](there, **count)
    write(RECORD, facts, results)
    print(", ".join(f"{name} {value}" for name, value in facts.items()), table(results), sep="\n\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", metavar="PART", nargs="*", help=f"{', '.join(PARTS)}; all of them if none is named")
    parser.add_argument("--runs", type=int, metavar="N", help="how often each is measured; each part has its default")
    parser.add_argument("--keep", action="store_true", help="leave the cluster, which makes the next run begin sooner")
    args = parser.parse_args()
    if unknown := set(args.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        parser.error(f"the baselines need {', '.join(missing)} on PATH")
    try:
        asyncio.run(measure(args.parts or PARTS, args.runs, args.keep))
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}\n{error.stderr}")


if __name__ == "__main__":
    main()
