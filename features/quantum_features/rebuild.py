"""All tables of a lake derived anew from all landing files, beside the live ones, and put in their place.

Until the one transaction that does so, readers and batches see nothing of it; from it on the former tables are in a
namespace of their own until the next rebuild. What lands meanwhile is taken in by a batch that follows.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_contracts.lake import NAMESPACE, Lake
from quantum_contracts.landing import LandingFile
from quantum_features.batch import CHUNKS_OF_MEMORY, MIB, compute, process, stage_tables
from quantum_features.batch_report import BatchReport
from quantum_features.catalog import LakeCatalog, open_catalog
from quantum_features.data_writer import DataWriter
from quantum_features.database import reading
from quantum_features.dropping import drop_tables
from quantum_features.landing_folders import LocalLandingFolders
from quantum_features.landing_reader import LandingReader
from quantum_features.plan import Plan, plan_all
from quantum_features.progress import Progress, silent
from quantum_features.rebuild_ledger import ingested_files
from quantum_features.running import running, sweep
from quantum_features.settings import FeaturesSettings
from quantum_features.stamp import Stamp
from quantum_features.swap import swap
from quantum_features.tables import ALL_TABLES

REBUILD_NAMESPACE = f"{NAMESPACE}_rebuild"
NAMESPACE_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


@dataclass(frozen=True)
class RebuildReport:
    """What a rebuild did: the batch that made the tables, where the former ones are, what had landed meanwhile."""

    rebuilt: BatchReport
    namespace: str
    afterwards: BatchReport


def rebuild(
    lake: Lake,
    settings: FeaturesSettings,
    into: str = REBUILD_NAMESPACE,
    progress: Progress = silent,
    *,
    without_missing: bool = False,
) -> RebuildReport:
    """Derive all tables from all landing files, those in quarantine included, and put them in the live ones' place.

    Args:
        lake: the lake.
        settings: how the tables are made.
        into: the namespace in which they are made, and in which the former tables are afterwards. What a rebuild
            before this one left there goes.
        progress: called while files are read.
        without_missing: go on where files that the live tables are made of cannot be read any more, and lose their
            experiments.

    Raises:
        UsageError: `lake` is not a lake, or `into` is no name for a namespace of a rebuild alone.
        QuantumPipelineError: files that the live tables are made of are missing, or another rebuild was at work.
        OSError: the disk is full, or refuses.
    """
    require_own_namespace(into)
    live = open_catalog(lake)
    sweep(live)
    stamp = Stamp.new()
    beside = replace(live, namespace=into, folder=f"{into}/{stamp.batch_id}")
    with reading(live.engine) as connection:
        taken_in = set() if without_missing else ingested_files(connection)
    planned = plan_all(LocalLandingFolders(lake.experiments))
    require_all(taken_in, (item.file for item in planned.files))
    try:
        with running(lake, stamp):
            beside.create()
            drop_tables(beside, live)
            report = _build(live, beside, planned, stamp, taken_in, settings, progress)
    finally:
        sweep(live)
    afterwards = process(lake, settings.model_copy(update={"retry_quarantined": False}))
    return RebuildReport(report, into, afterwards)


def require_own_namespace(into: str) -> None:
    """See that a rebuild may have the namespace.

    Raises:
        UsageError: it is the live one, or the name is no namespace's.
    """
    if into == NAMESPACE:
        raise UsageError(f"{NAMESPACE} is the namespace of the live tables: a rebuild goes into another")
    if NAMESPACE_NAME.fullmatch(into) is None:
        raise UsageError(
            f"{into!r} is no name for a namespace: it begins with a letter from a to z, and has up to 100 of those, "
            "digits and underscores"
        )


def require_all(taken_in: Iterable[LandingFile], found: Iterable[LandingFile]) -> None:
    """See that a rebuild finds all files that the live tables are made of.

    Raises:
        QuantumPipelineError: some are missing.
    """
    if missing := sorted(set(taken_in) - set(found)):
        raise QuantumPipelineError(
            f"{len(missing):,} landing file{'' if len(missing) == 1 else 's'} that the tables are made of cannot be "
            f"read any more, the first is {missing[0].path}: put them back, or rebuild --without-missing and lose "
            "their experiments"
        )


def _build(
    live: LakeCatalog,
    beside: LakeCatalog,
    planned: Plan,
    stamp: Stamp,
    taken_in: set[LandingFile],
    settings: FeaturesSettings,
    progress: Progress,
) -> BatchReport:
    landing = LocalLandingFolders(live.lake.experiments)
    reader = LandingReader(landing, planned.files, None, settings.memory_mib * MIB // CHUNKS_OF_MEMORY, progress)
    state = beside.read_state()
    writer = DataWriter(state, ALL_TABLES, stamp, settings.memory_mib * MIB)
    report = compute(reader, writer, planned)
    require_all(taken_in, (outcome.file for outcome in reader.outcomes if outcome.reason is None))
    if report.batch_id is not None:
        retention = timedelta(days=settings.tag_retention_days)
        commits = stage_tables(beside, state, writer.finish(), reader.outcomes, stamp, retention)
        swap(live, beside, stamp, reader.outcomes, list(reader.experiment_ids), commits)
    return report
