"""Tables through Iceberg's own Java library, in the driver's JVM: what every kind of catalog can do.

What a table is, comes over as JSON and is pyiceberg's metadata here, so that the definitions' layout is written once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from py4j.protocol import Py4JJavaError
from pyiceberg.table import StagedTable, Table
from pyiceberg.table.metadata import TableMetadata, TableMetadataUtil
from pyiceberg.table.refs import MAIN_BRANCH
from pyiceberg.table.snapshots import Snapshot
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from quantum_contracts.lake import CATALOG_NAME
from quantum_features.catalog import TableCatalog
from quantum_features.layout import PROPERTIES, missing_columns, new_table
from quantum_features.retention import tag_age_ms
from quantum_features.tables import TableSpec

STAGED_AS, PUBLISHED_FROM = "wap.id", "published-wap-id"  # Iceberg's, in a snapshot's summary
ALREADY_PUBLISHED = ("CherrypickAncestorCommitException", "DuplicateWAPCommitException")


@dataclass(frozen=True)
class JavaTable:
    """A table of the session's catalog. `java` is an `org.apache.iceberg.Table`."""

    name: str
    java: Any
    jvm: Any

    def metadata(self) -> TableMetadata:
        """What the table is now, read anew from the catalog."""
        self.java.refresh()
        return TableMetadataUtil.parse_raw(
            self.jvm.org.apache.iceberg.TableMetadataParser.toJson(self.java.operations().current())
        )

    def publish(self, snapshot_id: int) -> None:
        """Let the main branch have what a snapshot has staged; nothing where another job has done so."""
        try:
            self.java.manageSnapshots().cherrypick(snapshot_id).commit()
        except Py4JJavaError as error:
            if _kind(error) not in ALREADY_PUBLISHED:
                raise

    def tag(self, tag: str, snapshot_id: int, retention: timedelta) -> None:
        """Name a snapshot; nothing where another job has done so."""
        snapshot = self.metadata().snapshot_by_id(snapshot_id)
        if snapshot is None:
            raise ValueError(f"{self.name} has no snapshot {snapshot_id}")
        age_ms = tag_age_ms(snapshot, retention)
        try:
            self.java.manageSnapshots().createTag(tag, snapshot_id).setMaxRefAgeMs(tag, age_ms).commit()
        except (Py4JJavaError, PySparkException):
            if tag not in self.metadata().refs:
                raise

    def untag(self, tag: str) -> None:
        """Let a tag go."""
        self.java.manageSnapshots().removeTag(tag).commit()


@dataclass(frozen=True)
class JavaCatalog:
    """The session's Iceberg catalog, and a namespace in it. `layouts` tells how tables are laid out."""

    spark: SparkSession
    layouts: TableCatalog

    def create_namespace(self) -> None:
        """Make the namespace, where it is not there."""
        self.spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {CATALOG_NAME}.{self.layouts.namespace}")

    def table(self, name: str) -> JavaTable | None:
        """A table; None where there is none of that name."""
        if not self._java.tableExists(self._identifier(name)):
            return None
        return JavaTable(name, self._java.loadTable(self._identifier(name)), self._jvm)

    def create_table(self, spec: TableSpec) -> None:
        """Make a table as the definitions say; nothing where another job has done so."""
        new: StagedTable = new_table(self.layouts, spec)
        iceberg = self._jvm.org.apache.iceberg
        schema = iceberg.SchemaParser.fromJson(new.schema().model_dump_json())
        builder = (
            self._java.buildTable(self._identifier(spec.name), schema)
            .withPartitionSpec(iceberg.PartitionSpecParser.fromJson(schema, new.spec().model_dump_json()))
            .withSortOrder(iceberg.SortOrderParser.fromJson(schema, new.sort_order().model_dump_json()))
        )
        for key, value in new.properties.items():
            builder = builder.withProperty(key, value)
        try:
            builder.create()
        except Py4JJavaError as error:
            if _kind(error) != "AlreadyExistsException":
                raise

    def bring_up_to_date(self, table: JavaTable, spec: TableSpec) -> None:
        """Give a table the columns and properties that it lacks.

        Raises:
            QuantumPipelineError: a column of the table has another type than in the definitions.
        """
        metadata = table.metadata()
        known = Table((self.layouts.namespace, spec.name), metadata, "", self.layouts.io, self.layouts.iceberg)
        if columns := missing_columns(known, self.layouts, spec):
            wanted = new_table(self.layouts, spec).schema()
            java = self._jvm.org.apache.iceberg.SchemaParser.fromJson(wanted.model_dump_json())
            update = table.java.updateSchema()
            for name in columns:
                update = update.addColumn(name, java.findType(name), wanted.find_field(name).doc)
            update.commit()
        properties = {key: value for key, value in PROPERTIES.items() if metadata.properties.get(key) != value}
        if properties:
            update = table.java.updateProperties()
            for key, value in properties.items():
                update = update.set(key, value)
            update.commit()

    @property
    def _jvm(self) -> Any:
        return self.spark._jvm

    @property
    def _java(self) -> Any:
        java_session = self.spark._jsparkSession
        # A catalog is configured by the session that is active when it is first asked for.
        self._jvm.org.apache.spark.sql.classic.SparkSession.setActiveSession(java_session)
        return self._jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergCatalog(java_session, CATALOG_NAME)

    def _identifier(self, name: str) -> Any:
        return self._jvm.org.apache.iceberg.catalog.TableIdentifier.parse(f"{self.layouts.namespace}.{name}")


def staged(metadata: TableMetadata, batch_id: str) -> Snapshot | None:
    """The snapshot that a batch has staged, published or not; None where it has staged none."""
    return next((item for item in metadata.snapshots if _summary(item, STAGED_AS) == batch_id), None)


def published(metadata: TableMetadata, batch_id: str) -> bool:
    """Whether the main branch has what a batch has staged."""
    return any(batch_id in (_summary(s, STAGED_AS), _summary(s, PUBLISHED_FROM)) for s in main_history(metadata))


def main_history(metadata: TableMetadata) -> Iterator[Snapshot]:
    """The snapshots of the main branch, the latest first, as far back as they are kept."""
    by_id = {snapshot.snapshot_id: snapshot for snapshot in metadata.snapshots}
    ref = metadata.refs.get(MAIN_BRANCH)
    snapshot = by_id.get(ref.snapshot_id) if ref else None
    while snapshot is not None:
        yield snapshot
        parent = snapshot.parent_snapshot_id
        snapshot = None if parent is None else by_id.get(parent)


def _summary(snapshot: Snapshot, key: str) -> str | None:
    return None if snapshot.summary is None else snapshot.summary.get(key)


def _kind(error: Py4JJavaError) -> str:
    return str(error.java_exception.getClass().getSimpleName())
