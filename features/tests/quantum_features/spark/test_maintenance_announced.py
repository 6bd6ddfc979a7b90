"""Maintenance where a catalog commits one table at a time: a Hadoop catalog stands for both kinds."""

from datetime import UTC, datetime, timedelta

import pytest
from pyspark.sql import SparkSession
from tests.quantum_features.spark.support_announced import Job
from tests.quantum_features.support_lakes import bits, land, result

from quantum_contracts.errors import UsageError
from quantum_contracts.lake import Lake
from quantum_features.retention import overdue_tags, tags
from quantum_features.spark.compaction import FEWEST_FILES
from quantum_features.spark.java_tags import JavaTags
from quantum_features.spark.maintenance import DEFAULT_ORPHAN_AGE, Maintenance
from quantum_features.tables import FEATURE_TABLES


def maintain_after(job: Job, days: int) -> tuple[str, ...]:
    now = datetime.now(UTC) + timedelta(days=days)
    return Maintenance(job.spark, job.settings, DEFAULT_ORPHAN_AGE, dry_run=False, now=now).run().tags


def test_files_are_joined_and_tags_have_their_time_or_stay(lake: Lake, first_session: SparkSession) -> None:
    job = Job.of(lake, first_session, catalog_type="hadoop")
    for number in range(FEWEST_FILES):
        land(lake, [result(f"r{number}")], number)
        job.process()
    of_batches = [batch.tag for batch in job.batches()]
    before, at_second = bits(job.content()), bits(job.content(of_batches[-2]))
    store = JavaTags(job.tables.catalog)
    store.pin(of_batches[-2])
    with pytest.raises(UsageError, match="has a tag 'v_1', or it has expired"):
        store.pin("v_1")

    assert maintain_after(job, 401) == tuple(sorted({*of_batches} - {of_batches[-2]}))
    for name in FEATURE_TABLES:
        table = job.table(name)
        assert len(list(table.scan().plan_files())) == 1
        assert tags(table.metadata).keys() == {of_batches[-2]}
    assert bits(job.content()) == before
    assert bits(job.content(of_batches[-2])) == at_second

    store.unpin(of_batches[-2], timedelta(days=400))
    metadata = (job.table(name).metadata for name in FEATURE_TABLES)
    assert overdue_tags(metadata, datetime.now(UTC) + timedelta(days=401)) == [of_batches[-2]]


def test_a_killed_batch_is_finished_first(lake: Lake, first_session: SparkSession) -> None:
    job = Job.of(lake, first_session, catalog_type="hadoop")
    land(lake, [result("a")], 0)
    job.process()
    land(lake, [result("b")], 1)
    job.killed_at("spark.announced")
    maintain_after(job, 100)  # at which age what was staged is a dead batch's
    assert {row["experiment_id"] for row in job.rows("vqe_results")} == {"a", "b"}
