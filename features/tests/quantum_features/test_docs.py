"""Every command and every piece of Python in the page for readers of the tables runs as it is printed."""

import re
import shlex
from pathlib import Path

import polars as pl
import pytest
from tests.quantum_features.support_commands import command
from tests.quantum_features.support_lakes import land, result, rows, spoil

from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.settings import FeaturesSettings

PAGE = Path("docs/features.md")
TEXT = next(path for folder in Path(__file__).parents if (path := folder / PAGE).exists()).read_text("utf-8")
BLOCKS = [
    (match["language"], match["code"]) for match in re.finditer(r"```(?P<language>\w+)\n(?P<code>.*?)```", TEXT, re.S)
]
COMMANDS = [
    shlex.split(line, comments=True)[1:]
    for language, code in BLOCKS
    if language == "sh"
    for line in code.splitlines()
    if line.startswith("./quantum-pipeline ")
]
SNIPPETS = [code for language, code in BLOCKS if language == "python"]


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """The lake `lake` in the working directory, with a first batch, a second one, and files that wait."""
    monkeypatch.chdir(tmp_path)
    lake = Lake(Path("lake"))
    land(lake, [result("a", energy=-1.0), result("b", basis_set="6-31g")], offset=0)
    process(lake, FeaturesSettings())
    land(lake, [result("c", energy=-2.0)], offset=2)
    spoil(lake, b"", offset=3)
    process(lake, FeaturesSettings())
    return lake


def tags(lake: Lake) -> list[str]:
    batches = sorted(rows(lake, "processing_metadata"), key=lambda row: row["processing_timestamp"])
    return [row["table_versions"][0] for row in batches]


def test_the_commands_run(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(COMMANDS) == len([line for line in TEXT.splitlines() if line.startswith("./quantum-pipeline ")])
    first, last = tags(lake)[0], tags(lake)[-1]
    for words in COMMANDS:
        names = {"v_FIRST": first, "v_LAST": last, "v_REBUILT": tags(lake)[-1]}
        assert command(*(names.get(word, word) for word in words)) == 0, words
        printed = capsys.readouterr()
        assert printed.out
        assert printed.err == ""
        if "--retry-quarantined" in words:
            last = tags(lake)[-1]


@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_python_runs(lake: Lake, number: int, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    exec(compile(SNIPPETS[number], f"docs/features.md, snippet {number}", "exec"), names)  # noqa: S102
    printed = capsys.readouterr().out
    assert ("print(" in SNIPPETS[number]) == bool(printed)


def test_what_the_snippets_read(lake: Lake) -> None:
    """At the first tag there are two parameters of two experiments; now there are three experiments."""
    [at_a_tag] = [code for code in SNIPPETS if "tag =" in code]
    names: dict[str, object] = {}
    exec(at_a_tag, names)  # noqa: S102
    points, tables = names["points"], names["at"]
    assert isinstance(points, pl.LazyFrame)
    assert callable(tables)
    assert points.collect().height == 4
    assert sorted(tables("vqe_results").collect()["experiment_id"]) == ["a", "b"]
    [lazily] = [code for code in SNIPPETS if "group_by" in code]
    exec(lazily, names)  # noqa: S102
    iterations = names["iterations"]
    assert isinstance(iterations, pl.LazyFrame)
    assert iterations.collect().height == 9
