"""What changed between two batches: runs that came or went, energies that are others, rows of each table.

Files that both batches have are not opened, and of the others the needed columns only, so the cost follows the
difference. Either batch may be one from before a rebuild, as long as the former tables are there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa
from pyiceberg.io.pyarrow import ArrowScan, schema_to_pyarrow
from pyiceberg.table import DataScan, FileScanTask, Table

from quantum_features.catalog import TableCatalog
from quantum_features.tables import ALL_TABLES, VQE_RESULTS
from quantum_features.time_travel import FormerBatchError, snapshots_at

COLUMNS = ("experiment_id", "molecule_id", "basis_set", "backend", "optimizer", "minimum_energy")

# Joined by the experiment, which a table has once. A run without a difference is in a file that was written anew.
RUNS = """
    SELECT
        CASE WHEN before.experiment_id IS NULL THEN 'added'
             WHEN after.experiment_id IS NULL THEN 'removed'
             ELSE 'changed' END AS change,
        experiment_id,
        coalesce(after.molecule_id, before.molecule_id) AS molecule_id,
        coalesce(after.basis_set, before.basis_set) AS basis_set,
        coalesce(after.backend, before.backend) AS backend,
        coalesce(after.optimizer, before.optimizer) AS optimizer,
        before.minimum_energy AS energy_before,
        after.minimum_energy AS energy_after,
        1000 * (after.minimum_energy - before.minimum_energy) AS delta_millihartree
    FROM before FULL JOIN after USING (experiment_id)
    WHERE before.experiment_id IS NULL OR after.experiment_id IS NULL
       OR before.minimum_energy IS DISTINCT FROM after.minimum_energy
    ORDER BY change, experiment_id
"""


@dataclass(frozen=True)
class Difference:
    """`rows` are the rows of each table before and after; None where there was no such table.

    `runs` has a row for each run that was added, removed or changed: `change`, what tells the run, `energy_before` and
    `energy_after` in hartree, null where there was none, and `delta_millihartree`.
    """

    rows: Mapping[str, tuple[int | None, int | None]]
    runs: pa.Table

    def count(self, change: str) -> int:
        """How many runs were `added`, `removed` or `changed`."""
        return sum(value == change for value in self.runs["change"].to_pylist())


@dataclass(frozen=True)
class _Side:
    """All tables as they were after one batch."""

    tables: Mapping[str, Table]
    snapshots: Mapping[str, int | None]

    @classmethod
    def at(cls, catalog: TableCatalog, at: str) -> "_Side":
        state = catalog.read_state()
        tables = {name: state.table(name) for name in ALL_TABLES if name in state.metadata_location}
        try:
            return cls(tables, snapshots_at(state, tables, at))
        except FormerBatchError as former:
            return cls.at(replace(catalog, namespace=former.namespace), former.tag)

    def rows(self, name: str) -> int | None:
        """The rows of a table, as its manifests tell them."""
        if name not in self.tables:
            return None
        snapshot_id = self.snapshots[name]
        return 0 if snapshot_id is None else self.tables[name].scan(snapshot_id=snapshot_id).count()

    def scan(self) -> DataScan | None:
        """Of the results; None where there was nothing yet."""
        snapshot_id = self.snapshots.get(VQE_RESULTS.name)
        if snapshot_id is None:
            return None
        return self.tables[VQE_RESULTS.name].scan(snapshot_id=snapshot_id, selected_fields=COLUMNS)


def difference(catalog: TableCatalog, before: str, after: str) -> Difference:
    """Compare two batches, each told by its tag, the id of one of its snapshots, or an ISO 8601 time.

    Raises:
        UsageError: one of them tells no batch whose tables can be read.
        QuantumPipelineError: the database cannot be read.
    """
    sides = _Side.at(catalog, before), _Side.at(catalog, after)
    rows = {
        name: (sides[0].rows(name), sides[1].rows(name))
        for name in ALL_TABLES
        if any(name in side.tables for side in sides)
    }
    return Difference(rows, _runs(sides[0].scan(), sides[1].scan()))


def _runs(before: DataScan | None, after: DataScan | None) -> pa.Table:
    tasks_before, tasks_after = _tasks(before), _tasks(after)
    shared = set(tasks_before) & set(tasks_after)
    with duckdb.connect() as connection:
        for name, scan, tasks in (("before", before, tasks_before), ("after", after, tasks_after)):
            connection.register(name, _rows(scan, [task for key, task in tasks.items() if key not in shared]))
        return connection.sql(RUNS).to_arrow_table()


def _tasks(scan: DataScan | None) -> dict[object, FileScanTask]:
    """The files of a scan by what makes their rows the same: the file, and what is deleted of it."""
    if scan is None:
        return {}
    return {
        (task.file.file_path, frozenset(file.file_path for file in task.delete_files)): task
        for task in scan.plan_files()
    }


def _rows(scan: DataScan | None, tasks: list[FileScanTask]) -> pa.Table:
    if scan is None:
        return VQE_RESULTS.arrow_schema.empty_table().select(COLUMNS)
    schema = scan.projection()
    if not tasks:
        return schema_to_pyarrow(schema).empty_table()
    return ArrowScan(scan.table_metadata, scan.io, schema, scan.row_filter).to_table(tasks)
