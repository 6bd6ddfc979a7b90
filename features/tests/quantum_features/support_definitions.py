"""Tables as other versions of the definitions made them, with rows in them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from tests.quantum_features.support_lakes import landed, result

from quantum_features.catalog import LakeCatalog
from quantum_features.data_writer import DataWriter
from quantum_features.engine import DuckDBEngine
from quantum_features.partition import by_partition
from quantum_features.publish import publish
from quantum_features.raw import raw_table
from quantum_features.staging import TableChange, stage
from quantum_features.stamp import Stamp
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES, Column, TableSpec

RETENTION = timedelta(days=1)


def without(name: str, *columns: str) -> dict[str, TableSpec]:
    """The definitions before a table had some of its columns."""
    spec = ALL_TABLES[name]
    kept = tuple(column for column in spec.columns if column.name not in columns)
    return {**ALL_TABLES, name: replace(spec, columns=kept)}


def with_column(name: str, column: Column, position: int) -> dict[str, TableSpec]:
    """The definitions of a later version, in which a table has a column more."""
    spec = ALL_TABLES[name]
    columns = (*spec.columns[:position], column, *spec.columns[position:])
    return {**ALL_TABLES, name: replace(spec, columns=columns)}


def batch_of(catalog: LakeCatalog, specs: Mapping[str, TableSpec], energy: float = -1.137) -> str:
    """Publish a batch of one experiment as the version with these definitions does; give its tag."""
    stamp = Stamp.new()
    state = catalog.read_state()
    writer = DataWriter(state, specs, stamp, 2**20)
    [(partition, experiments)] = by_partition(landed([result(energy=energy)]), stamp)
    for name, rows in DuckDBEngine().compute(raw_table(experiments, stamp)):
        writer.add(name, partition, rows.select(specs[name].arrow_schema.names).cast(specs[name].arrow_schema))
    files = writer.finish()
    staged = [stage(state, spec, TableChange(files.get(name, ())), stamp, RETENTION) for name, spec in specs.items()]
    publish(catalog, stamp, [commit for commit in staged if commit is not None], [], [])
    assert set(FEATURE_TABLES) == set(files)
    return stamp.tag
