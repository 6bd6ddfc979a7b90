"""The commands that compare batches and that derive the tables anew. What they need is imported when they run."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import CliPositionalArg

from quantum_contracts.command_line import console
from quantum_contracts.errors import UsageError
from quantum_features.spark.settings import CatalogType
from quantum_features.spark.spark_command import SparkCommand


class Diff(SparkCommand):
    """Compare two batches: runs added and removed, energies changed.

    Tells the rows of each table, too. Each batch is told by its tag, the id of one of its snapshots, or an ISO 8601
    time (UTC). One from before a rebuild is found in the former tables. Takes a SQL catalog, and no Spark.
    """

    before: CliPositionalArg[str] = Field(description="the earlier batch")
    after: CliPositionalArg[str] = Field(description="the later batch")
    limit: Annotated[int, Field(ge=0)] | None = Field(default=None, description="most runs to print")

    def execute(self) -> int:
        """Print what changed."""
        from quantum_features.difference import difference
        from quantum_features.difference_report import as_json, show
        from quantum_features.spark.batch import open_catalog

        if self.catalog_type is not CatalogType.SQL:
            raise UsageError(f"diff reads the tables of a SQL catalog; this one is {self.catalog_type}")
        catalog = open_catalog(self)
        catalog.create()
        if not catalog.read_state().metadata_location:
            raise UsageError(
                f"there are no tables in {self.features_namespace}; make them with quantum-features process, or name "
                "another namespace"
            )
        found = difference(catalog, self.before, self.after)
        if self.json_:
            print(as_json(found))
        else:
            show(found, self.limit, console)
        return 0


class Rebuild(SparkCommand):
    """Derive all tables anew from all landing files, and put them in the place of the live ones.

    The live tables stay as they are until one transaction exchanges them, and are readable in a namespace of their own
    until the next rebuild. What lands meanwhile is taken in afterwards. Takes a SQL catalog.
    """

    into: str | None = Field(
        default=None, description="namespace for the former tables, quantum_features_rebuild if none is named"
    )
    without_missing: bool = Field(
        default=False, description="go on without landing files that are gone, and lose their experiments"
    )

    def execute(self) -> int:
        """Rebuild, and tell what was done."""
        from quantum_features.rebuild import REBUILD_NAMESPACE
        from quantum_features.rebuild_report import as_json, show
        from quantum_features.report import Place
        from quantum_features.spark.failures import told_in_one_line
        from quantum_features.spark.rebuild import rebuild
        from quantum_features.spark.session import create_spark_session

        into = REBUILD_NAMESPACE if self.into is None else self.into
        with told_in_one_line():
            report = rebuild(create_spark_session(self), self, into, without_missing=self.without_missing)
        if self.json_:
            print(as_json(report))
        else:
            show(report, Place(self.landing, self.warehouse, "quantum-features process"), console)
        return 0
