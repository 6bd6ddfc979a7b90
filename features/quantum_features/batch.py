"""One batch, from landing files to published tables (system specification, "6-Step Processing Workflow")."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from pyiceberg.manifest import DataFile

from quantum_contracts.lake import Lake
from quantum_features.batch_report import BatchReport
from quantum_features.catalog import LakeCatalog, State, open_catalog
from quantum_features.data_writer import DataWriter
from quantum_features.database import reading
from quantum_features.durable import flush
from quantum_features.engine import DuckDBEngine
from quantum_features.errors import ConflictError, OverlapError
from quantum_features.landing_folders import LocalLandingFolders
from quantum_features.landing_reader import LandingReader
from quantum_features.ledger import FileOutcome, quarantined_files
from quantum_features.partition import by_partition
from quantum_features.plan import Plan, plan
from quantum_features.preparation import prepare_tables
from quantum_features.processing_metadata import metadata_row
from quantum_features.progress import Progress, silent
from quantum_features.publish import publish
from quantum_features.quarantine import quarantine_change
from quantum_features.raw import raw_table
from quantum_features.running import discard_staged, running, sweep
from quantum_features.settings import FeaturesSettings
from quantum_features.staging import StagedTableCommit, TableChange, stage
from quantum_features.stamp import Stamp
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES, PROCESSING_METADATA, QUARANTINE

MIB = 2**20
CHUNKS_OF_MEMORY = 8  # decoded experiments take this part of the memory for rows


def process(lake: Lake, settings: FeaturesSettings, progress: Progress = silent) -> BatchReport:
    """Take in what has landed in the lake and no batch has taken in yet; publish it as one batch.

    Raises:
        UsageError: `lake` is not a lake.
        QuantumPipelineError: the catalog's database cannot be read or written.
        OSError: the disk is full, or refuses.
    """
    catalog = open_catalog(lake)
    sweep(catalog)
    prepare_tables(catalog, ALL_TABLES, create=False)
    try:
        while (planned := _plan(catalog, settings)).files:
            try:
                return _run(catalog, planned, settings, progress)
            except OverlapError:
                continue  # another job took in some of these files: find anew what is new
        return BatchReport(_waiting(catalog), planned.unknown_topics)
    finally:
        sweep(catalog)


def _run(catalog: LakeCatalog, planned: Plan, settings: FeaturesSettings, progress: Progress) -> BatchReport:
    stamp = Stamp.new()
    with running(catalog.lake, stamp):
        reader = LandingReader(
            LocalLandingFolders(catalog.lake.experiments),
            planned.files,
            catalog.engine,
            settings.memory_mib * MIB // CHUNKS_OF_MEMORY,
            progress,
        )
        writer = DataWriter(catalog.read_state(), ALL_TABLES, stamp, settings.memory_mib * MIB)
        report = compute(reader, writer, planned)
        if report.batch_id is not None:
            _publish(catalog, reader, writer, timedelta(days=settings.tag_retention_days))
    return replace(report, waiting=_waiting(catalog))


def compute(reader: LandingReader, writer: DataWriter, planned: Plan) -> BatchReport:
    """Read the planned files and write the rows of all tables but the quarantine; tell what that makes.

    `waiting` is what the batch itself sets aside. Where no file was there any more, the report is of no batch.
    """
    engine, stamp = DuckDBEngine(), writer.stamp
    for chunk in reader.chunks():
        for partition, experiments in by_partition(chunk, stamp):
            for name, rows in engine.compute(raw_table(experiments, stamp)):
                writer.add(name, partition, rows)
    if not reader.outcomes:
        return BatchReport(0, planned.unknown_topics)
    quarantined = tuple(outcome for outcome in reader.outcomes if outcome.reason is not None)
    report = BatchReport(
        waiting=len(quarantined),
        unknown_topics=planned.unknown_topics,
        batch_id=stamp.batch_id,
        tag=stamp.tag,
        files=len(reader.outcomes),
        experiments=len(reader.experiment_ids),
        duplicates=reader.duplicates,
        rows={name: writer.rows[name] for name in FEATURE_TABLES},
        quarantined=quarantined,
    )
    row = metadata_row(stamp, report.rows, reader.outcomes, reader.duplicates, planned.unknown_topics)
    writer.add(PROCESSING_METADATA.name, {}, row)
    return report


def stage_tables(
    catalog: LakeCatalog,
    state: State,
    data_files: Mapping[str, Sequence[DataFile]],
    outcomes: Sequence[FileOutcome],
    stamp: Stamp,
    retention: timedelta,
) -> list[StagedTableCommit]:
    """Stage all tables on a state, all that is written brought to the disk; nothing is visible yet."""
    changes = {name: TableChange(files) for name, files in data_files.items()}
    changes[QUARANTINE.name] = quarantine_change(state, outcomes, stamp)
    staged = (
        stage(state, table, changes.get(name, TableChange()), stamp, retention) for name, table in ALL_TABLES.items()
    )
    commits = [commit for commit in staged if commit is not None]
    added = [file.file_path for change in changes.values() for file in change.added]
    flush((*added, *(file for commit in commits for file in commit.files)), catalog.lake.root.resolve())
    return commits


def _plan(catalog: LakeCatalog, settings: FeaturesSettings) -> Plan:
    with reading(catalog.engine) as connection:
        return plan(LocalLandingFolders(catalog.lake.experiments), connection, settings)


def _waiting(catalog: LakeCatalog) -> int:
    with reading(catalog.engine) as connection:
        return len(quarantined_files(connection))


def _publish(catalog: LakeCatalog, reader: LandingReader, writer: DataWriter, retention: timedelta) -> None:
    """Stage all tables on the current state and publish; as often as another batch is faster, do it again.

    The data files stay good: what another batch publishes does not change the rows of this one, unless both took in
    the same file or experiment, which `publish` finds out, or the tables were rebuilt, which `stage` does.
    """
    stamp, data_files = writer.stamp, writer.finish()
    kept = [file.file_path for files in data_files.values() for file in files]
    while True:
        state = catalog.read_state()
        commits = stage_tables(catalog, state, data_files, reader.outcomes, stamp, retention)
        try:
            publish(catalog, stamp, commits, reader.outcomes, list(reader.experiment_ids))
        except ConflictError:
            discard_staged(catalog, stamp, keep=kept)
        else:
            return
