"""The command that moves the tables of a Hadoop catalog to a SQL catalog."""

import json
from dataclasses import asdict

from pydantic import Field, field_validator

from quantum_contracts.command_line import console, print_line
from quantum_contracts.errors import UsageError
from quantum_contracts.lake import NAMESPACE
from quantum_features.spark.migration import MigrationReport
from quantum_features.spark.settings import S3_SCHEMES, CatalogType
from quantum_features.spark.spark_command import SparkCommand


class Migrate(SparkCommand):
    """Move the tables of a Hadoop catalog to the SQL catalog, with their history, their tags and the ledger.

    No file is copied: the tables stay where they are, and one transaction enters all of them in the catalog's database.
    LEDGER_URI names the ledger of the Hadoop catalog; without one it is derived from the tables. Stop all jobs first,
    and never write through the Hadoop catalog again. Safe to run twice.
    """

    from_warehouse: str = Field(description="warehouse of the Hadoop catalog: s3a://BUCKET/FOLDER/, or a local folder")
    from_namespace: str = Field(default=NAMESPACE, description="namespace of the tables in the Hadoop catalog")
    without_ledger: bool = Field(
        default=False, description="begin with an empty ledger: jobs take in all landing files again"
    )
    dry_run: bool = Field(default=False, description="tell what would be moved, and change nothing")

    @field_validator("from_warehouse")
    @classmethod
    def _is_readable(cls, given: str) -> str:
        if "://" in given and not given.startswith(S3_SCHEMES):
            raise ValueError(f"{given} cannot be read: allowed are s3a://BUCKET/FOLDER/ and local folders")
        return given

    def execute(self) -> int:
        """Migrate, and tell what was moved."""
        report = self._migrate()
        if self.json_:
            print(json.dumps(asdict(report), indent=2))
        else:
            self._show(report)
        return 0

    def _migrate(self) -> MigrationReport:
        from quantum_features.catalog import TableCatalog
        from quantum_features.database import connect_to
        from quantum_features.spark.migration import Migration
        from quantum_features.spark.storage import Storage

        if self.catalog_type is not CatalogType.SQL:
            raise UsageError(f"CATALOG_TYPE is {self.catalog_type}: tables move to a catalog of type sql")
        if self.ledger_uri is not None and self.without_ledger:
            raise UsageError("LEDGER_URI and --without-ledger exclude each other: give one of them")
        former = self.model_copy(update={"catalog_type": CatalogType.HADOOP, "s3_warehouse": self.from_warehouse})
        storage = Storage.of(self)
        target = TableCatalog(connect_to(self.database), self.warehouse, self.features_namespace, storage.iceberg)
        migration = Migration(
            former.warehouse,
            self.from_namespace,
            target,
            storage,
            ledger=None if self.ledger_uri is None else connect_to(former.database),
            without_ledger=self.without_ledger,
        )
        return migration.run(dry_run=self.dry_run)

    def _show(self, report: MigrationReport) -> None:
        for table in report.tables:
            print_line(console, f"{table.name}: {table.snapshots} snapshots, {table.tags} tags, {table.metadata}")
        if self.dry_run:
            print_line(console, f"would move {len(report.tables)} tables; the ledger: {report.ledger}")
            return
        entries = ", ".join(f"{count:,} {name}" for name, count in report.entries.items())
        if not report.moved:
            print_line(console, f"nothing to do: the SQL catalog has these tables already; its ledger: {entries}")
            return
        print_line(console, f"moved {len(report.tables)} tables; the ledger, {report.ledger}: {entries}")
        print_line(console, f"never write through the Hadoop catalog in {report.warehouse} again: set CATALOG_TYPE=sql")
