"""What the page for readers of the tables says of a cluster: every statement runs, every setting is told."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from tests.quantum_features.spark.conftest import SparkLake
from tests.quantum_features.spark.support_reading import TABLE, lake_of_two_batches

from quantum_features.settings import FeaturesSettings
from quantum_features.spark.commands import COMMANDS
from quantum_features.spark.settings import SparkSettings

PAGE = Path("docs/features.md")
TEXT = next(path for folder in Path(__file__).parents if (path := folder / PAGE).exists()).read_text("utf-8")
STATEMENTS = [
    statement.strip()
    for block in re.findall(r"```sql\n(.*?)```", TEXT, re.S)
    for statement in block.split(";")
    if statement.strip()
]
SNAPSHOTS_OF_THE_PAGE = ("12344", "12345")


@pytest.fixture(scope="module")
def found(first_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> SparkLake:
    return lake_of_two_batches(tmp_path_factory.mktemp("docs") / "lake", first_session)


def told(spark: SparkSession, statement: str) -> str:
    """The statement with a tag and snapshots that there are."""
    history = spark.sql(f"SELECT snapshot_id FROM {TABLE}.history ORDER BY made_current_at").collect()
    [tag, *_] = spark.sql(f"SELECT name FROM {TABLE}.refs WHERE type = 'TAG'").collect()
    for name, row in zip(SNAPSHOTS_OF_THE_PAGE, history, strict=True):
        statement = statement.replace(name, str(row.snapshot_id))
    return statement.replace("v_FIRST", tag.name)


@pytest.mark.parametrize("statement", STATEMENTS, ids=range(len(STATEMENTS)))
def test_statements_run(statement: str, found: SparkLake) -> None:
    rows = found.spark.sql(told(found.spark, statement)).collect()
    assert rows or "JOIN" in statement  # of two batches that only added runs, none has changed


def rows_of_table(head: str) -> Iterator[list[str]]:
    lines = TEXT[TEXT.index(head) :].splitlines()[2:]
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def test_every_setting_is_told() -> None:
    expected = {
        name.upper(): "" if field.default is None else str(field.default)
        for name, field in SparkSettings.model_fields.items()
        if name not in FeaturesSettings.model_fields
    }
    assert {name: default for name, default, _ in rows_of_table("| variable |")} == expected


def test_every_command_is_told() -> None:
    assert [command.split()[0] for command, _ in rows_of_table("| command |")] == list(COMMANDS)
