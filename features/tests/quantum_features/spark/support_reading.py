"""Tables that two batches wrote on Spark, for tests that only read them."""

from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from tests.quantum_features.spark.conftest import SparkLake, new_session, settings_of
from tests.quantum_features.support_lakes import land, result

from quantum_contracts.lake import Lake
from quantum_features.spark.batch import process

TABLE = "quantum_catalog.quantum_features.vqe_results"
FIRST = {"a": -1.1, "b": -0.5}
SECOND = {"c": -1.2}


def lake_of_two_batches(folder: Path, first_session: SparkSession) -> SparkLake:
    """A lake with the results of `FIRST`, then those of `SECOND`."""
    lake = Lake(folder)
    lake.experiments.mkdir(parents=True)
    found = SparkLake(lake, settings_of(lake), new_session(first_session, settings_of(lake)))
    for offset, results in enumerate((FIRST, SECOND)):
        land(lake, [result(run_id, energy=energy) for run_id, energy in results.items()], 10 * offset)
        process(found.spark, found.settings)
    return found


def energies(rows: DataFrame) -> dict[str, float]:
    """The energy of each experiment; no experiment may stand there twice."""
    found = [
        (row.experiment_id, row.minimum_energy) for row in rows.select("experiment_id", "minimum_energy").collect()
    ]
    assert len(dict(found)) == len(found)
    return dict(found)
