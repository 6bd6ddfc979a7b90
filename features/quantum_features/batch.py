"""One batch, from landing files to published tables (system specification, "6-Step Processing Workflow")."""

from dataclasses import replace
from datetime import timedelta

from quantum_contracts.lake import Lake
from quantum_features.batch_report import BatchReport
from quantum_features.catalog import LakeCatalog, open_catalog
from quantum_features.data_writer import DataWriter
from quantum_features.database import reading
from quantum_features.durable import flush
from quantum_features.engine import DuckDBEngine
from quantum_features.errors import ConflictError, OverlapError
from quantum_features.landing_folders import LocalLandingFolders
from quantum_features.landing_reader import LandingReader
from quantum_features.ledger import quarantined_files
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
from quantum_features.staging import TableChange, stage
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
    landing = LocalLandingFolders(catalog.lake.experiments)
    with running(catalog.lake, stamp):
        reader = LandingReader(
            landing, planned.files, catalog.engine, settings.memory_mib * MIB // CHUNKS_OF_MEMORY, progress
        )
        writer = DataWriter(catalog.read_state(), ALL_TABLES, stamp, settings.memory_mib * MIB)
        _write_features(reader, writer, stamp)
        if not reader.outcomes:
            return BatchReport(_waiting(catalog), planned.unknown_topics)
        report = BatchReport(
            waiting=0,
            unknown_topics=planned.unknown_topics,
            batch_id=stamp.batch_id,
            tag=stamp.tag,
            files=len(reader.outcomes),
            experiments=len(reader.experiment_ids),
            duplicates=reader.duplicates,
            rows={name: writer.rows[name] for name in FEATURE_TABLES},
            quarantined=tuple(outcome for outcome in reader.outcomes if outcome.reason is not None),
        )
        writer.add(PROCESSING_METADATA.name, {}, metadata_row(stamp, report.rows, reader.outcomes, reader.duplicates))
        _publish(catalog, reader, writer, stamp, timedelta(days=settings.tag_retention_days))
    return replace(report, waiting=_waiting(catalog))


def _plan(catalog: LakeCatalog, settings: FeaturesSettings) -> Plan:
    with reading(catalog.engine) as connection:
        return plan(LocalLandingFolders(catalog.lake.experiments), connection, settings)


def _waiting(catalog: LakeCatalog) -> int:
    with reading(catalog.engine) as connection:
        return len(quarantined_files(connection))


def _write_features(reader: LandingReader, writer: DataWriter, stamp: Stamp) -> None:
    engine = DuckDBEngine()
    for chunk in reader.chunks():
        for partition, experiments in by_partition(chunk, stamp):
            for name, rows in engine.compute(raw_table(experiments, stamp)):
                writer.add(name, partition, rows)


def _publish(
    catalog: LakeCatalog, reader: LandingReader, writer: DataWriter, stamp: Stamp, retention: timedelta
) -> None:
    """Stage all tables on the current state and publish; as often as another batch is faster, do it again.

    The data files stay good: what another batch publishes does not change the rows of this one, unless both took in
    the same file or experiment, which `publish` finds out.
    """
    data_files = writer.finish()
    kept = [file.file_path for files in data_files.values() for file in files]
    while True:
        state = catalog.read_state()
        changes = {name: TableChange(files) for name, files in data_files.items()}
        changes[QUARANTINE.name] = quarantine_change(state, reader.outcomes, stamp)
        staged = (
            stage(state, table, changes.get(name, TableChange()), stamp, retention)
            for name, table in ALL_TABLES.items()
        )
        commits = [commit for commit in staged if commit is not None]
        added = [file.file_path for change in changes.values() for file in change.added]
        flush((*added, *(file for commit in commits for file in commit.files)), catalog.lake.root.resolve())
        try:
            publish(catalog, stamp, commits, reader.outcomes, list(reader.experiment_ids))
        except ConflictError:
            discard_staged(catalog, stamp, keep=kept)
        else:
            return
