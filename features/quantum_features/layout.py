"""How a table is laid out in Iceberg: columns, partitioning, order of rows, properties.

A table keeps its layout up to date: a column that the definitions gain is added to tables that exist, and nothing is
rewritten for it; rows written before have no value there.
"""

from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC, PartitionField, PartitionSpec
from pyiceberg.schema import Schema, assign_fresh_schema_ids
from pyiceberg.table import StagedTable, Table, TableProperties, Transaction
from pyiceberg.table.sorting import NullOrder, SortDirection, SortField, SortOrder
from pyiceberg.transforms import IdentityTransform

from quantum_contracts.errors import QuantumPipelineError
from quantum_features.catalog import TableCatalog
from quantum_features.tables import TableSpec

FIRST_PARTITION_FIELD = 1000
PROPERTIES = {
    TableProperties.METADATA_PREVIOUS_VERSIONS_MAX: "20",
    "write.metadata.delete-after-commit.enabled": "true",
    "commit.retry.num-retries": "20",  # a maintenance beside fast batches, which Spark commits
    "write.wap.enabled": "true",  # Spark stages snapshots that are published later
    "write.distribution-mode": "none",  # rows come in tasks of a good size: no shuffle, only an order within each
}


def new_table(catalog: TableCatalog, spec: TableSpec) -> StagedTable:
    """The table as it will be created; nothing is written."""
    schema = _schema(catalog, spec)
    return catalog.iceberg._create_staged_table(
        identifier=(catalog.namespace, spec.name),
        schema=schema,
        location=catalog.table_location(spec.name),
        partition_spec=_partition_spec(schema, spec),
        sort_order=_sort_order(schema, spec),
        properties=PROPERTIES | {"comment": spec.comment},
    )


def missing_columns(table: Table, catalog: TableCatalog, spec: TableSpec) -> list[str]:
    """The columns of the definitions that the table lacks.

    Raises:
        QuantumPipelineError: a column of the table has another type than in the definitions.
    """
    existing = {field.name: field.field_type for field in table.schema().fields}
    missing = []
    for field in _schema(catalog, spec).fields:
        if field.name not in existing:
            missing.append(field.name)
        elif str(existing[field.name]) != str(field.field_type):
            raise QuantumPipelineError(
                f"{spec.name}.{field.name} is {existing[field.name]} in the catalog, and {field.field_type} in this "
                "version's definitions: this version cannot write to it"
            )
    return missing


def bring_up_to_date(table: Table, catalog: TableCatalog, spec: TableSpec) -> Transaction | None:
    """The changes that give a table the columns and properties that it lacks; None where it lacks none.

    Raises:
        QuantumPipelineError: as `missing_columns`.
    """
    columns = missing_columns(table, catalog, spec)
    properties = {key: value for key, value in PROPERTIES.items() if table.properties.get(key) != value}
    if not columns and not properties:
        return None
    changes = Transaction(table)
    if columns:
        fields = {field.name: field for field in _schema(catalog, spec).fields}
        with changes.update_schema() as update:
            for name in columns:
                update.add_column(name, fields[name].field_type, fields[name].doc)
    if properties:
        changes.set_properties(properties)
    return changes


def _schema(catalog: TableCatalog, spec: TableSpec) -> Schema:
    without_ids = catalog.iceberg._convert_schema_if_needed(spec.arrow_schema, TableProperties.DEFAULT_FORMAT_VERSION)
    return assign_fresh_schema_ids(without_ids)


def _partition_spec(schema: Schema, spec: TableSpec) -> PartitionSpec:
    fields = [
        PartitionField(schema.find_field(name).field_id, FIRST_PARTITION_FIELD + position, IdentityTransform(), name)
        for position, name in enumerate(spec.partition_by)
    ]
    return PartitionSpec(*fields) if fields else UNPARTITIONED_PARTITION_SPEC


def _sort_order(schema: Schema, spec: TableSpec) -> SortOrder:
    fields = [
        SortField(schema.find_field(name).field_id, IdentityTransform(), SortDirection.ASC, NullOrder.NULLS_FIRST)
        for name in spec.sort_by
    ]
    return SortOrder(*fields)
