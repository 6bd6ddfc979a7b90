"""Gathers the rows of all tables and writes them as data files of a good size, within a bound of memory."""

import itertools
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from quantum_features.catalog import State
from quantum_features.staging import current_or_new_table, write_data_files
from quantum_features.stamp import Stamp
from quantum_features.tables import TableSpec


@dataclass
class DataWriter:
    """Takes rows of any table in any order; the table with the most rows is written when `buffer_bytes` are held."""

    state: State
    specs: Mapping[str, TableSpec]
    stamp: Stamp
    buffer_bytes: int
    files: dict[str, list[DataFile]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _tables: dict[str, Table] = field(default_factory=dict)
    _held: dict[str, list[pa.RecordBatch]] = field(default_factory=lambda: defaultdict(list))
    _held_bytes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _numbers: dict[str, "itertools.count[int]"] = field(default_factory=lambda: defaultdict(itertools.count))

    def add(self, name: str, batch: pa.RecordBatch) -> None:
        """Take rows of the table `name`.

        Raises:
            ValueError: their columns are not those of the table.
        """
        if not batch.schema.equals(self.specs[name].arrow_schema):
            raise ValueError(f"table {name} has the columns {self.specs[name].arrow_schema}, got {batch.schema}")
        self._held[name].append(batch)
        self._held_bytes[name] += batch.nbytes
        self.rows[name] += batch.num_rows
        if sum(self._held_bytes.values()) >= self.buffer_bytes:
            self._write(max(self._held_bytes, key=self._held_bytes.__getitem__))

    def finish(self) -> dict[str, list[DataFile]]:
        """Write what is still held; give the data files of every table that has any."""
        for name in list(self._held):
            self._write(name)
        return dict(self.files)

    def _write(self, name: str) -> None:
        rows = pa.Table.from_batches(self._held.pop(name), self.specs[name].arrow_schema)
        self._held_bytes.pop(name)
        if rows.num_rows:
            if name not in self._tables:
                self._tables[name] = current_or_new_table(self.state, self.specs[name])
            self.files[name] += write_data_files(self._tables[name], rows, self.stamp, self._numbers[name])
