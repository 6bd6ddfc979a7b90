"""What the Hadoop catalog does not promise: documentation that runs. `docs/features-catalogs.md` says it in words."""

from concurrent.futures import Future

import pytest
from pyspark.sql import SparkSession
from tests.quantum_features.spark.support_announced import Job, on_duckdb, on_effect
from tests.quantum_features.spark.support_pausing import other_process
from tests.quantum_features.support_lakes import bits, content, land, result

from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.lake import Lake


@pytest.fixture
def job(lake: Lake, first_session: SparkSession) -> Job:
    land(lake, [result("a")], 0)
    return Job.of(lake, first_session, catalog_type="hadoop")


def test_documentation_a_commit_that_was_acknowledged_is_lost_without_an_error(job: Job) -> None:
    """Two processes write one table; both are told that they have, and what the first wrote is gone."""
    job.process()
    table = f"{job.settings.features_namespace}.quarantine"
    with other_process(job.settings.warehouse) as other:
        late = other.begin(table, "late")
        job.spark.sql(f"ALTER TABLE quantum_catalog.{table} SET TBLPROPERTIES ('early' = 'set')")
        assert job.table("quarantine").properties["early"] == "set"
        other.end(late)
    properties = job.table("quarantine").properties
    assert properties["late"] == "set"
    assert "early" not in properties


def test_documentation_readers_of_main_branches_see_a_part_of_a_batch(job: Job, lake: Lake) -> None:
    """Between two tables' commits one table has the batch, the other not; the ledger's last tag is whole in both."""
    first = job.process()
    land(lake, [result("b")], 1)
    seen = {}

    def read() -> None:
        seen["main"] = [len(job.rows(name)) for name in ("vqe_results", "hamiltonian_terms")]
        [last] = job.batches()
        seen["tag"] = [len(job.rows(name, last.tag)) for name in ("vqe_results", "hamiltonian_terms")]

    with on_effect("spark.tagged.vqe_results", read):
        job.process()
    assert seen == {"main": [2, 2], "tag": [1, 2]}
    assert [len(job.rows(name, first.tag)) for name in ("vqe_results", "hamiltonian_terms")] == [1, 2]
    assert [len(job.rows(name)) for name in ("vqe_results", "hamiltonian_terms")] == [2, 4]


def test_a_job_sees_that_a_step_of_its_own_was_lost_and_the_next_one_repeats_it(job: Job, lake: Lake) -> None:
    job.process()
    land(lake, [result("b")], 1)
    commits: list[Future[None]] = []
    table = f"{job.settings.features_namespace}.vqe_results"
    with other_process(job.settings.warehouse) as other:
        with (
            on_effect("spark.announced", lambda: commits.append(other.begin(table, "late"))),
            on_effect("spark.moved.vqe_results", lambda: other.end(commits[0])),
            pytest.raises(QuantumPipelineError, match="has lost a commit to vqe_results that it had acknowledged"),
        ):
            job.process()
        assert job.table("vqe_results").properties["late"] == "set"
    assert len(job.rows("vqe_results")) == 1
    job.process()
    assert len(job.batches()) == 2
    on_duckdb(lake)
    assert bits(job.content()) == bits(content(lake))
