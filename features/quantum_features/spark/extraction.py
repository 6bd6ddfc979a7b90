"""Step 4, on the driver: spreads the planned files over the executors and gathers what became of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from math import ceil

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType
from sqlalchemy import Engine

from quantum_contracts.landing import LandingFile
from quantum_features.database import reading
from quantum_features.ledger import FileOutcome, known_experiments
from quantum_features.plan import PlannedFile
from quantum_features.raw import RAW_SCHEMA
from quantum_features.spark.decoding import FILE_SCHEMA, OUTCOME_SCHEMA, Decoder

FEWEST_FILES_OF_A_TASK, MOST_FILES_OF_A_TASK = 10, 500
PLACE = ("source_topic", "source_partition", "source_offset", "experiment_id")


@dataclass
class Extracted:
    """What was read: the outcome of each file, the new experiments, and where their rows are staged.

    `unwanted` are the rows of `PLACE` whose experiment is in the tables already, or in an earlier file of this batch.
    """

    outcomes: list[FileOutcome] = field(default_factory=list)
    experiment_ids: dict[str, None] = field(default_factory=dict)
    staged: list[str] = field(default_factory=list)
    unwanted: list[tuple[str, int, int, str]] = field(default_factory=list)


def extract(spark: SparkSession, decoder: Decoder, files: Sequence[PlannedFile], ledger: Engine | None) -> Extracted:
    """Decode the files on the executors; find out which of their experiments are new: all where there is no ledger."""
    rows = [(item.file.topic, item.file.partition, item.file.offset, item.retried) for item in files]
    planned = spark.sparkContext.parallelize(rows, _tasks(len(rows), spark.sparkContext.defaultParallelism))
    decoded = planned.toDF(_spark_schema(FILE_SCHEMA)).mapInArrow(decoder, _spark_schema(OUTCOME_SCHEMA))
    return sort_out(decoded.toArrow(), ledger)


def sort_out(outcomes: pa.Table, ledger: Engine | None) -> Extracted:
    """Tell, in the order of the files, which experiments are new: of one that comes twice, the first counts."""
    extracted = Extracted()
    ordered = outcomes.sort_by([(name, "ascending") for name in ("topic", "partition", "offset")])
    known = _known(ordered, ledger)
    staged: dict[str, None] = {}
    for row in ordered.to_pylist():
        file = LandingFile(row["topic"], row["partition"], row["offset"])
        if not row["found"]:
            if not row["retried"]:
                continue  # it may come back, and is new then
            row["reason"] = "the file is no longer there"
        extracted.outcomes.append(FileOutcome(file, row["records"], row["reason"], row["retried"]))
        for experiment_id in row["experiment_ids"]:
            if experiment_id in known or experiment_id in extracted.experiment_ids:
                extracted.unwanted.append((file.topic, file.partition, file.offset, experiment_id))
            else:
                extracted.experiment_ids[experiment_id] = None
                staged[row["staged"]] = None
    extracted.staged = list(staged)
    return extracted


def raw_experiments(spark: SparkSession, extracted: Extracted) -> DataFrame:
    """The new experiments, one row of `RAW_SCHEMA` for each."""
    rows = spark.read.schema(_spark_schema(RAW_SCHEMA)).parquet(*extracted.staged)
    if not extracted.unwanted:
        return rows
    names = list(PLACE)
    unwanted = spark.createDataFrame(extracted.unwanted, rows.select(*names).schema)
    return rows.join(unwanted.hint("broadcast"), names, "left_anti")


def _known(outcomes: pa.Table, ledger: Engine | None) -> Collection[str]:
    if ledger is None:
        return ()
    ids = outcomes["experiment_ids"].combine_chunks().flatten().to_pylist()
    with reading(ledger) as connection:
        return known_experiments(connection, set(ids))


def _tasks(files: int, parallelism: int) -> int:
    """As many tasks as run at once, but none for a handful of files, and none with too many."""
    return min(ceil(files / FEWEST_FILES_OF_A_TASK), max(parallelism, ceil(files / MOST_FILES_OF_A_TASK)))


def _spark_schema(schema: pa.Schema) -> StructType:
    return from_arrow_schema(schema)
