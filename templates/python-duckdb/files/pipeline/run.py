"""The steps: read, check, write. Each is SQL in a file of its own."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

SQL = Path(__file__).with_name("sql")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many lines were good, and how many of each problem."""

    good: int
    problems: Mapping[str, int]


def run(source: Path, target: Path) -> Outcome:
    """Writes `sales.parquet`, `report.csv` and `problems.csv` into `target`; the same input gives the same output."""
    files = sorted(str(path) for path in source.glob("*.csv"))
    if not files:
        raise FileNotFoundError(f"There is no CSV file in {source}.")
    target.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as database:
        database.execute(_sql("read"), {"files": files})
        database.execute(_sql("check"))
        database.sql("FROM sales").write_parquet(str(target / "sales.parquet"))
        database.sql(_sql("report")).write_csv(str(target / "report.csv"))
        problems = database.sql("FROM checked WHERE problem IS NOT NULL ORDER BY ALL")
        problems.write_csv(str(target / "problems.csv"))
        [(good,)] = database.sql("SELECT count(*) FROM sales").fetchall()
        counted = dict(problems.aggregate("problem, count(*)").order("problem").fetchall())
    for problem, count in counted.items():
        logger.warning("%s: %d set aside", problem, count)
    logger.info("%d good lines of %d files", good, len(files))
    return Outcome(good, counted)


def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8").rstrip().removesuffix(";")
