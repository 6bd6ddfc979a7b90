"""Gathers the rows of all tables and writes them as data files of a good size, within a bound of memory."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

import pyarrow as pa
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from quantum_features.catalog import State
from quantum_features.partition import Partition
from quantum_features.staging import current_or_new_table, write_data_file
from quantum_features.stamp import Stamp
from quantum_features.tables import TableSpec


@dataclass
class _Held:
    """Rows of one partition of one table that are not written yet."""

    table: str
    partition: Partition
    batches: list[pa.RecordBatch] = field(default_factory=list)
    bytes: int = 0


@dataclass
class DataWriter:
    """Takes rows of any table in any order; what there is most of is written when `buffer_bytes` are held."""

    state: State
    specs: Mapping[str, TableSpec]
    stamp: Stamp
    buffer_bytes: int
    files: dict[str, list[DataFile]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _tables: dict[str, Table] = field(default_factory=dict)
    _held: dict[tuple[object, ...], _Held] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=count)

    def add(self, name: str, partition: Partition, batch: pa.RecordBatch) -> None:
        """Take rows of the table `name`, all of `partition`.

        Raises:
            ValueError: their columns are not those of the table.
        """
        spec = self.specs[name]
        if not batch.schema.equals(spec.arrow_schema):
            raise ValueError(f"table {name} has the columns {spec.arrow_schema}, got {batch.schema}")
        if not batch.num_rows:
            return
        key = (name, *(partition[column] for column in spec.partition_by))
        held = self._held.setdefault(key, _Held(name, partition))
        held.batches.append(batch)
        held.bytes += batch.nbytes
        self.rows[name] += batch.num_rows
        if sum(other.bytes for other in self._held.values()) >= self.buffer_bytes:
            self._write(max(self._held, key=lambda key: self._held[key].bytes))

    def finish(self) -> dict[str, list[DataFile]]:
        """Write what is still held; give the data files of every table that has any."""
        for key in list(self._held):
            self._write(key)
        return dict(self.files)

    def _write(self, key: tuple[object, ...]) -> None:
        held = self._held.pop(key)
        if held.table not in self._tables:
            self._tables[held.table] = current_or_new_table(self.state, self.specs[held.table])
        table = self._tables[held.table]
        file = write_data_file(table, held.batches, held.partition, self.stamp, next(self._numbers))
        self.files[held.table].append(file)
