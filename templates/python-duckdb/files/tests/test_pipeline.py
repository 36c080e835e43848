from pathlib import Path

import duckdb
import pytest

from pipeline.run import Outcome, run

HEADER = "date,product,amount,price\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.csv").write_text(HEADER + "2026-01-01,tea,2,3.50\n2026-01-31, tea ,1,3.00\n", encoding="utf-8")
    wrong = "2026-02-30,tea,1,3\n2026-02-01,,1,3\n2026-02-01,tea,x,3\n"
    (folder / "b.csv").write_text(HEADER + wrong, encoding="utf-8")
    return folder


def rows(path: Path) -> list[tuple[object, ...]]:
    return duckdb.read_csv(str(path)).fetchall()


def test_good_lines_are_added_up_by_month_and_product(source: Path, tmp_path: Path) -> None:
    assert run(source, tmp_path / "out").good == 2
    assert rows(tmp_path / "out" / "report.csv") == [("2026-01", "tea", 3, 10.0)]
    assert len(duckdb.read_parquet(str(tmp_path / "out" / "sales.parquet"))) == 2


def test_what_is_wrong_is_set_aside_with_its_file_and_reason(source: Path, tmp_path: Path) -> None:
    outcome = run(source, tmp_path / "out")
    assert outcome.problems == {"no amount": 1, "no product": 1, "no such day": 1}
    problems = rows(tmp_path / "out" / "problems.csv")
    assert {(row[0], row[-1]) for row in problems} == {("b.csv", problem) for problem in outcome.problems}


def test_again_it_gives_the_same(source: Path, tmp_path: Path) -> None:
    first = run(source, tmp_path / "out")
    report = (tmp_path / "out" / "report.csv").read_bytes()
    assert run(source, tmp_path / "out") == first
    assert (tmp_path / "out" / "report.csv").read_bytes() == report


def test_the_example_has_good_and_bad_lines(tmp_path: Path) -> None:
    data = Path(__file__).parents[1] / "data"
    assert run(data, tmp_path) == Outcome(6, {"no amount": 2, "no such day": 1})


def test_without_a_file_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no CSV file"):
        run(tmp_path, tmp_path / "out")
