import json
from pathlib import Path

import pytest

from features.access import Files
from features.engines import DUCKDB, SPARK, UPSTREAM
from features.job import Measured
from features.report import report
from features.rows import HISTORY, INCREMENT, NUMBERS, Row, Spread, against, append_rows, growth, histories, of

HEAD = {"command": "python -m features", "machine": "a machine", "versions": {"pyspark": "4.1.1"}, "increment": 40}
CPU = NUMBERS["CPU with the start"]
BATCH = NUMBERS["wall of the batch"]


def row(engine: str, history: int, batch: float, start: float = 5.0, part: str = INCREMENT, failure: str = "") -> Row:
    measured = Measured(
        start_seconds=start,
        start_cpu_seconds=2 * start,
        batch_seconds=batch,
        batch_cpu_seconds=2 * batch,
        failure=failure,
    )
    return Row(part, engine, history, 40, measured, Files(40, 4_000_000), Files(0, 0), Files(9, 1_000_000), Files(1, 1))


ROWS = [
    row(SPARK, 0, 30.0),
    *(row(SPARK, 2_000, batch) for batch in (9.0, 10.0, 50.0)),
    *(row(SPARK, 20_000, batch) for batch in (11.0, 12.0, 11.5)),
    row(SPARK, 100_000, 13.0),
    row(DUCKDB, 2_000, 2.0, start=1.0),
    row(UPSTREAM, 2_000, 145.0),
    row(UPSTREAM, 20_000, 0.0, failure="exit code 1: OutOfMemoryError"),
    row(SPARK, 0, 4.0, part=HISTORY),
]


def test_a_spread_is_the_median_and_the_ends() -> None:
    assert Spread.of([3.0, 1.0, 2.0]) == Spread(2.0, 1.0, 3.0)
    assert Spread.of([4.0, 2.0]) == Spread(3.0, 2.0, 4.0)


def test_growth_compares_medians_of_two_histories_of_one_engine() -> None:
    assert growth(ROWS, SPARK, 2_000, 20_000, BATCH) == pytest.approx(1.15)
    assert growth(ROWS, SPARK, 2_000, 20_000, CPU) == pytest.approx(33 / 30)
    assert growth(ROWS, DUCKDB, 2_000, 20_000, CPU) is None


def test_the_peer_is_compared_on_the_same_history() -> None:
    assert against(ROWS, SPARK, UPSTREAM, 2_000, CPU) == pytest.approx(10.0)
    assert against(ROWS, DUCKDB, UPSTREAM, 2_000, BATCH) == pytest.approx(72.5)
    assert against(ROWS, SPARK, UPSTREAM, 100_000, CPU) is None


def test_a_job_that_failed_counts_in_no_median() -> None:
    assert of(ROWS, INCREMENT, UPSTREAM, 20_000) == []
    assert against(ROWS, SPARK, UPSTREAM, 20_000, CPU) is None
    assert histories(ROWS, UPSTREAM) == [2_000, 20_000]


def test_the_report_tells_verdicts_failures_and_the_command() -> None:
    text = report(HEAD, ROWS)
    assert "`python -m features`" in text
    assert "- Spark, wall of the batch, 20,000 to 2,000: 1.15, within 20%" in text
    assert "- Spark, wall of the batch, 100,000 to 2,000: 1.30, NOT within 20%" in text
    assert "- upstream's method to Spark, CPU with the start, on 2,000: 10.0 (reaches the aim of 10)" in text
    assert "- upstream's method, 40 files on 20,000: exit code 1: OutOfMemoryError" in text
    assert "10.00 (9.00 to 50.00)" in text
    assert "- Spark: 40 files on 0 in one batch of 4.0 s, 10 files/s" in text


def test_a_report_of_nothing_but_an_empty_history_has_no_ratios() -> None:
    assert report(HEAD, ROWS[:1]).endswith("Ratios of medians:\n\nnone")


def test_files_that_nobody_tells_of_are_not_counted_as_none() -> None:
    silent = Row(INCREMENT, SPARK, 0, 40, ROWS[0].measured)
    assert report(HEAD, [silent]).count("not told") == 5


def test_results_of_every_run_stay_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "results" / "features.jsonl"
    append_rows(path, HEAD, ROWS[:2])
    append_rows(path, HEAD, ROWS[:1])
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line.get("engine") for line in lines] == [None, SPARK, SPARK, None, SPARK]
    assert lines[0] == HEAD
    assert lines[1]["measured"]["batch_seconds"] == 30.0
