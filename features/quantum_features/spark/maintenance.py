"""Keeps the tables fast to read and no larger than their history: compaction, tags, snapshots, manifests, orphans.

Readers and writers go on meanwhile. Every step is a commit of its own that stands by itself, so a maintenance that is
killed leaves whole tables, and the next one does what is left; what it finds to do is the whole plan, and a dry run
tells it. The ledger is none of its business.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from pyiceberg.table import Table
from pyspark.sql import SparkSession

from quantum_contracts.effects import effect
from quantum_contracts.errors import UsageError
from quantum_features.retention import overdue_tags
from quantum_features.spark.batch import open_catalog, open_tables
from quantum_features.spark.compaction import compact, rewrite_manifests, small_files, small_manifests
from quantum_features.spark.expiry import expire, expired_snapshots, files_of_none_but
from quantum_features.spark.feature_tables import LONGEST_BATCH
from quantum_features.spark.java_tables import JavaCatalog, JavaTable
from quantum_features.spark.java_tags import JavaTags
from quantum_features.spark.maintenance_report import MaintenanceReport, TableReport
from quantum_features.spark.orphans import (
    StagingFolder,
    dead_staging_folders,
    orphans,
    remove_orphans,
    remove_staging_folder,
)
from quantum_features.spark.settings import CatalogType, SparkSettings
from quantum_features.spark.storage import Storage
from quantum_features.tables import ALL_TABLES
from quantum_features.tags import SqlTags, Tags

YOUNGEST_ORPHAN = LONGEST_BATCH + timedelta(hours=1)
DEFAULT_ORPHAN_AGE = timedelta(hours=72)


@dataclass(frozen=True)
class Maintenance:
    """A maintenance of all tables of the settings' namespace.

    Attributes:
        spark: a session with the catalog of the settings.
        settings: where the tables are; `tag_retention_days` is how long the main branch's own history stays.
        orphan_age: how old a file is that no table refers to, or a snapshot that nobody published, when it goes.
        dry_run: find what is to do, and change nothing.
        now: the moment at which tags and snapshots are looked at; the age of files is by the clock of the store.
    """

    spark: SparkSession
    settings: SparkSettings
    orphan_age: timedelta
    dry_run: bool
    now: datetime

    def run(self) -> MaintenanceReport:
        """Do all that is to do; tell what.

        Raises:
            UsageError: there are no tables, or `orphan_age` is one at which a batch may still live.
            QuantumPipelineError: the catalog, its database or the store refuse.
        """
        if self.orphan_age < YOUNGEST_ORPHAN:
            hours = YOUNGEST_ORPHAN // timedelta(hours=1)
            raise UsageError(f"orphans must be {hours} hours old at least: a batch that is younger may still publish")
        self._finish_batches()
        if not (tables := list(self._tables())):
            raise UsageError(
                f"there are no tables in {self._namespace}; make them with quantum-features process, or name another "
                "namespace"
            )
        dropped = self._drop_tags(tables)
        reports = {table.name: self._maintain(table, dropped) for table in tables}
        return MaintenanceReport(self.dry_run, tuple(dropped), reports, tuple(self._remove_staging_folders()))

    def _finish_batches(self) -> None:
        """Where batches are published table by table, a killed one is finished first, and keeps what it has staged."""
        if self.settings.catalog_type is not CatalogType.SQL and not self.dry_run:
            open_tables(self.spark, self.settings).prepare()

    def _drop_tags(self, tables: Collection[JavaTable]) -> list[str]:
        overdue = overdue_tags((table.metadata() for table in tables), self.now)
        if overdue and not self.dry_run:
            tag_store(self.settings, self._catalog).drop(overdue)
            effect("spark.tags_dropped")
        return overdue

    def _maintain(self, table: JavaTable, dropped: Collection[str]) -> TableReport:
        small = small_files(self.spark, self._namespace, table)
        if small.files and not self.dry_run:
            compact(self.spark, self._namespace, table)
            effect(f"spark.compacted.{table.name}")
        manifests = small_manifests(self.spark, self._namespace, table)
        if manifests and not self.dry_run:
            rewrite_manifests(self.spark, self._namespace, table)
            effect(f"spark.manifests_rewritten.{table.name}")
        snapshots, files = self._expire(table, dropped)
        found = orphans(self.spark, self._namespace, table, self._storage, self._orphaned_before)
        if found.files and not self.dry_run:
            remove_orphans(self.spark, self._namespace, table, self._orphaned_before)
            effect(f"spark.orphans_removed.{table.name}")
        return TableReport(
            small_files=small.files,
            small_bytes=small.bytes,
            manifests=manifests,
            snapshots=snapshots,
            expired_files=len(files),
            expired_bytes=sum(files.values()),
            orphans=found.files,
            orphan_bytes=found.bytes,
        )

    def _expire(self, table: JavaTable, dropped: Collection[str]) -> tuple[int, dict[str, int]]:
        """Give the number of snapshots, and the files that go with them."""
        metadata = table.metadata()
        keep_since = self.now - timedelta(days=self.settings.tag_retention_days)
        expired = expired_snapshots(metadata, dropped, keep_since, self.now - self.orphan_age)
        layouts = self._catalog.layouts
        location = table.java.operations().current().metadataFileLocation()
        known = Table((layouts.namespace, table.name), metadata, location, layouts.io, layouts.iceberg)
        files = files_of_none_but(known, expired)
        if expired.snapshots and not self.dry_run:
            expire(self.spark, self._namespace, table, expired, keep_since)
            effect(f"spark.expired.{table.name}")
        return len(expired.snapshots), files

    def _remove_staging_folders(self) -> list[StagingFolder]:
        found = dead_staging_folders(self._storage, self.settings.warehouse, self._orphaned_before)
        for folder in [] if self.dry_run else found:
            remove_staging_folder(self._storage, folder)
            effect("spark.staging_removed")
        return found

    def _tables(self) -> Iterator[JavaTable]:
        for name in ALL_TABLES:
            table = self._catalog.table(name)
            if table is not None:
                yield table

    @cached_property
    def _catalog(self) -> JavaCatalog:
        return JavaCatalog(self.spark, open_catalog(self.settings))

    @property
    def _namespace(self) -> str:
        return self.settings.features_namespace

    @property
    def _storage(self) -> Storage:
        return Storage.of(self.settings)

    @property
    def _orphaned_before(self) -> datetime:
        return datetime.now(UTC) - self.orphan_age


def maintain(
    spark: SparkSession, settings: SparkSettings, orphan_age: timedelta = DEFAULT_ORPHAN_AGE, *, dry_run: bool = False
) -> MaintenanceReport:
    """Maintain all tables of the settings' namespace, as `Maintenance.run`."""
    return Maintenance(spark, settings, orphan_age, dry_run, datetime.now(UTC)).run()


def tag_store(settings: SparkSettings, catalog: JavaCatalog) -> Tags:
    """The tags, as the kind of catalog changes them."""
    if settings.catalog_type is CatalogType.SQL:
        return SqlTags(catalog.layouts)
    return JavaTags(catalog)
