"""Tables of a Hadoop catalog become a SQL catalog's, with their history, tags and ledger; then both engines go on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from sqlalchemy import inspect, select
from tests.quantum_features.spark.conftest import new_session, settings_of
from tests.quantum_features.spark.support_announced import Content, Job, KilledError, on_effect
from tests.quantum_features.support_lakes import TOPIC_V1, bits, content, land, result, rows, spoil

from quantum_contracts.command_line import run
from quantum_contracts.lake import NAMESPACE, Lake
from quantum_features import batch
from quantum_features.batch_report import BatchReport
from quantum_features.catalog import LakeCatalog
from quantum_features.database import connect, reading
from quantum_features.ledger import BATCHES, EXPERIMENTS, FILES, GAPS, PROGRESS
from quantum_features.settings import FeaturesSettings
from quantum_features.spark.batch import process
from quantum_features.spark.commands import COMMANDS
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES, MOLECULES, SOURCE, VQE_RESULTS

TABLE = f"quantum_catalog.{NAMESPACE}.vqe_results"


@dataclass(frozen=True)
class Former:
    """A lake with tables in a Hadoop catalog, made by three batches, and what they were after the first."""

    lake: Lake
    job: Job
    reports: list[BatchReport]
    first_content: Content


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory, first_session: SparkSession) -> Former:
    lake = Lake(tmp_path_factory.mktemp("former") / "lake")
    lake.experiments.mkdir(parents=True)
    job = Job.of(lake, first_session, catalog_type="hadoop", features_namespace=NAMESPACE)
    land(lake, [result("a"), result("b")], 0)
    land(lake, [result(None, energy=-1.0)], 0, topic=TOPIC_V1)
    spoil(lake, b"", 5)
    spoil(lake, b"", 6)
    reports = [job.process()]
    first_content = job.content()
    land(lake, [result("c")], 10)
    reports.append(job.process())
    land(lake, [result("d")], 5)
    reports.append(job.process(retry_quarantined=True))
    return Former(lake, job, reports, first_content)


def migrate(lake: Lake, warehouse: Path, *arguments: str, **environment: str) -> int:
    """Run the command on a lake's SQL catalog."""
    variables = {
        "S3_BUCKET": str(lake.experiments),
        "S3_WAREHOUSE": str(lake.warehouse),
        "CATALOG_URI": f"sqlite:///{lake.catalog_database}",
        **environment,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        return run("quantum-features", COMMANDS, "0", ["migrate", "--from-warehouse", str(warehouse), *arguments])


def ledger_of(former: Former) -> str:
    return f"sqlite:///{former.lake.root / 'ledger.db'}"


def entries(lake: Lake) -> Mapping[str, list[tuple[object, ...]]]:
    """What the ledger in the SQL catalog's database tells; when a batch was published, to the second only."""
    tables = (FILES, PROGRESS, GAPS, EXPERIMENTS)
    with reading(connect(lake)) as connection:
        found = {table.name: sorted(map(tuple, connection.execute(select(table))), key=repr) for table in tables}
        batches = connection.execute(select(BATCHES).order_by(BATCHES.c.published_at))
        return found | {BATCHES.name: [(row.batch_id, row.tag) for row in batches]}


def test_a_dry_run_tells_what_would_move_and_makes_nothing(
    former: Former, lake: Lake, capsys: pytest.CaptureFixture[str]
) -> None:
    assert migrate(lake, former.lake.warehouse, "--dry-run", LEDGER_URI=ledger_of(former)) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in told[:-1]] == sorted(ALL_TABLES)
    assert told[-1] == "would move 11 tables; the ledger: copied"
    assert inspect(connect(lake)).get_table_names() == []


def test_tables_move_with_their_tags_and_a_second_run_does_nothing(
    former: Former, lake: Lake, capsys: pytest.CaptureFixture[str]
) -> None:
    assert migrate(lake, former.lake.warehouse, "--json", LEDGER_URI=ledger_of(former)) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["moved"], report["ledger"]) == (True, "copied")
    assert report["entries"] == {"files": 5, "experiments": 5, "batches": 3}
    assert {table["name"]: table["tags"] for table in report["tables"]} == dict.fromkeys(ALL_TABLES, 3)

    state = LakeCatalog.of(lake).read_state()
    tags = {report.tag for report in former.reports}
    for name in ALL_TABLES:
        table = state.table(name)
        assert table.metadata.refs.keys() == {"main", *tags}
        assert len(table.snapshots()) == len(former.job.table(name).snapshots())
    assert bits(content(lake)) == bits(former.job.content())

    assert migrate(lake, former.lake.warehouse, LEDGER_URI=ledger_of(former)) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "nothing to do: the SQL catalog has these tables already; its ledger: 5 files, 5 experiments, 3 batches"
    )


def test_without_its_database_the_ledger_is_derived_from_the_tables(
    former: Former, lake: Lake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied = Lake(tmp_path / "copied")
    copied.root.mkdir()
    assert migrate(copied, former.lake.warehouse, LEDGER_URI=ledger_of(former)) == 0
    assert migrate(lake, former.lake.warehouse) == 0
    assert "the ledger, derived from the tables: 5 files, 5 experiments, 3 batches" in capsys.readouterr().out
    assert entries(lake) == entries(copied)


@pytest.mark.parametrize(
    "point", ["spark.migration_begins", "spark.migration_registered", "spark.migration_ledger_written"]
)
def test_a_migration_that_is_killed_has_moved_nothing_and_runs_again(former: Former, lake: Lake, point: str) -> None:
    def die() -> None:
        raise KilledError

    with on_effect(point, die), pytest.raises(KilledError):
        migrate(lake, former.lake.warehouse, LEDGER_URI=ledger_of(former))
    assert LakeCatalog.of(lake).read_state().metadata_location == {}
    assert set(map(len, entries(lake).values())) == {0}
    assert migrate(lake, former.lake.warehouse, LEDGER_URI=ledger_of(former)) == 0
    assert bits(content(lake)) == bits(former.job.content())


def test_a_half_published_batch_is_finished_first(
    former: Former, lake: Lake, tmp_path: Path, first_session: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Lake(tmp_path / "other")
    job = Job.of(other, first_session, catalog_type="hadoop")
    land(other, [result("a")], 0)
    job.killed_at("spark.moved.molecules")
    arguments = ("--from-namespace", job.settings.features_namespace)
    ledger = f"sqlite:///{other.root / 'ledger.db'}"
    assert migrate(lake, other.warehouse, *arguments, LEDGER_URI=ledger) == 1
    assert "is half published: a run of the job on the Hadoop catalog finishes it" in capsys.readouterr().err
    job.process()
    assert migrate(lake, other.warehouse, *arguments, LEDGER_URI=ledger) == 0
    assert bits(content(lake)) == bits(job.content())


def test_tables_of_another_program_move_without_a_ledger(
    lake: Lake, tmp_path: Path, first_session: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Lake(tmp_path / "other")
    job = Job.of(other, first_session, catalog_type="hadoop")
    job.tables.catalog.create_namespace()
    own = {column.name for column in SOURCE}
    columns = tuple(column for column in VQE_RESULTS.columns if column.name not in own)
    job.tables.catalog.create_table(replace(VQE_RESULTS, columns=columns))
    arguments = ("--from-namespace", job.settings.features_namespace)
    assert migrate(lake, other.warehouse, *arguments) == 2
    assert "do not tell which landing files they are made of" in capsys.readouterr().err
    assert migrate(lake, other.warehouse, *arguments, "--without-ledger") == 0
    assert "moved 1 tables; the ledger, begun empty" in capsys.readouterr().out
    assert rows(lake, "vqe_results") == []


def test_columns_of_another_kind_are_told(
    lake: Lake, tmp_path: Path, first_session: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Lake(tmp_path / "other")
    job = Job.of(other, first_session, catalog_type="hadoop")
    job.tables.catalog.create_namespace()
    [charge] = [column for column in VQE_RESULTS.columns if column.name == "total_iterations"]
    columns = tuple(
        replace(column, type=MOLECULES.columns[0].type) if column is charge else column
        for column in VQE_RESULTS.columns
    )
    job.tables.catalog.create_table(replace(VQE_RESULTS, columns=columns))
    assert migrate(lake, other.warehouse, "--from-namespace", job.settings.features_namespace) == 1
    assert "vqe_results.total_iterations is string in the catalog, and int in this version's" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "environment", "message"),
    [
        ((), {"CATALOG_TYPE": "hadoop", "LEDGER_URI": "sqlite:////l.db"}, "tables move to a catalog of type sql"),
        (("--without-ledger",), {"LEDGER_URI": "sqlite:////l.db"}, "exclude each other"),
        (("--from-namespace", "nothing"), {}, "no Hadoop catalog has tables in"),
        ((), {"LEDGER_URI": "sqlite:///{tmp_path}/none.db"}, "of LEDGER_URI has no ledger"),
        (("--from-warehouse", "hdfs://name/folder"), {}, "allowed are s3a://BUCKET/FOLDER/ and local folders"),
    ],
)
def test_what_cannot_move_is_told_in_one_line(
    former: Former,
    lake: Lake,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    environment: dict[str, str],
    message: str,
) -> None:
    given = {name: value.format(tmp_path=tmp_path) for name, value in environment.items()}
    assert migrate(lake, former.lake.warehouse, *arguments, **given) == 2
    told = capsys.readouterr().err
    assert message in told
    assert len(told.splitlines()) == 1
    assert inspect(connect(lake)).get_table_names() == []


def test_a_catalog_with_tables_or_a_ledger_of_its_own_is_left_alone(
    former: Former, lake: Lake, capsys: pytest.CaptureFixture[str]
) -> None:
    land(lake, [result("mine")], 0)
    batch.process(lake, FeaturesSettings())
    before = entries(lake)
    assert migrate(lake, former.lake.warehouse, LEDGER_URI=ledger_of(former)) == 2
    assert f"the SQL catalog has tables in the namespace {NAMESPACE} already" in capsys.readouterr().err
    arguments = ("--features-namespace", "moved")
    assert migrate(lake, former.lake.warehouse, *arguments, LEDGER_URI=ledger_of(former)) == 2
    assert "has a ledger already: move into a database of its own" in capsys.readouterr().err
    assert entries(lake) == before


def test_both_engines_go_on_where_the_hadoop_catalog_ended(
    former: Former, tmp_path: Path, first_session: SparkSession
) -> None:
    lake = former.lake
    assert migrate(lake, lake.warehouse, LEDGER_URI=ledger_of(former)) == 0
    settings = settings_of(lake)
    spark = new_session(first_session, settings)
    assert process(spark, settings).batch_id is None

    land(lake, [result("on spark"), result("a")], 20)
    report = process(spark, settings)
    assert (report.files, report.experiments, report.duplicates, report.waiting) == (1, 1, 1, 1)
    land(lake, [result("on duckdb"), result("c")], 30)
    report = batch.process(lake, FeaturesSettings())
    assert (report.files, report.experiments, report.duplicates, report.waiting) == (1, 1, 1, 1)
    land(lake, [result("on spark again")], 40)
    assert process(spark, settings).experiments == 1

    fresh = Lake(tmp_path / "fresh")
    fresh.root.mkdir()
    lake.experiments.rename(fresh.experiments)
    batch.process(fresh, FeaturesSettings())
    assert bits(content(lake)) == bits(content(fresh))

    first, second, _ = former.reports
    expected = {row["experiment_id"] for row in former.first_content["vqe_results"]}
    state = LakeCatalog.of(lake).read_state()
    refs = state.table("vqe_results").metadata.refs
    snapshot_id = refs[str(first.tag)].snapshot_id
    for version in (f"'{first.tag}'", str(snapshot_id)):
        found = spark.sql(f"SELECT experiment_id FROM {TABLE} VERSION AS OF {version}").collect()
        assert {row.experiment_id for row in found} == expected
    assert spark.sql(f"SELECT * FROM {TABLE} VERSION AS OF '{second.tag}'").count() == len(expected) + 1
    for name in FEATURE_TABLES:
        table = state.table(name)
        at_first = table.scan(snapshot_id=table.metadata.refs[str(first.tag)].snapshot_id).to_arrow()
        assert at_first.num_rows == len(former.first_content[name])
