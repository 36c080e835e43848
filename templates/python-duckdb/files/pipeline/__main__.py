"""`python -m pipeline` reads `data/`, writes `out/` and shows the report."""

from pathlib import Path

import duckdb

from pipeline import logs
from pipeline.run import run

OUT = Path("out")

logs.configure()
run(Path("data"), OUT)
print(duckdb.read_csv(str(OUT / "report.csv")))
