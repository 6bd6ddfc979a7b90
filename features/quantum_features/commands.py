"""The commands of the features room. Engines are imported when a command runs, so that help comes at once."""

import sys
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import CliPositionalArg, SettingsConfigDict

from quantum_contracts.command_line import Command, Group, console, error_console
from quantum_contracts.errors import UsageError
from quantum_contracts.lake import NAMESPACE, Lake
from quantum_features.settings import FeaturesSettings


class Features(Command, FeaturesSettings):
    """Make feature tables of what has landed in a lake.

    Reads the landing files that no batch has taken in yet, and publishes their rows in all tables at once, under the
    tag v_<batch id>. Files that cannot be read are set aside; `--retry-quarantined` reads them again.

    With `--rebuild`, derives all tables anew from all landing files and puts them in the place of the live ones, which
    stay readable in a namespace of their own until the next rebuild.
    """

    model_config = SettingsConfigDict(env_prefix_target="all")  # pydantic merges it with those of both bases

    lake: Path = Field(default=Path("lake"), description="folder of the lake")
    rebuild: bool = Field(default=False, description="derive all tables anew from all landing files")
    into: str | None = Field(
        default=None,
        description="with --rebuild: namespace for the former tables, quantum_features_rebuild if none is named",
    )
    without_missing: bool = Field(
        default=False,
        description="with --rebuild: go on without landing files that are gone, and lose their experiments",
    )
    json_: bool = Field(default=False, alias="json", description="print JSON for machines on standard output")

    def execute(self) -> int:
        """Process the lake, or rebuild its tables, and tell what was done."""
        if self.rebuild:
            return self._rebuild()
        from quantum_features.batch import process
        from quantum_features.report import Place, as_json, show
        from quantum_features.terminal import display

        if self.into is not None or self.without_missing:
            raise UsageError("--into and --without-missing are of a rebuild: give --rebuild too")
        lake = Lake(self.lake)
        with display(error_console) as progress:
            report = process(lake, self, progress)
        if self.json_:
            print(as_json(report))
        else:
            show(report, Place.of(lake), console)
        return 0

    def _rebuild(self) -> int:
        from quantum_features.rebuild import REBUILD_NAMESPACE, rebuild
        from quantum_features.rebuild_report import as_json, show
        from quantum_features.report import Place
        from quantum_features.terminal import display

        lake, into = Lake(self.lake), REBUILD_NAMESPACE if self.into is None else self.into
        with display(error_console) as progress:
            report = rebuild(lake, self, into, progress, without_missing=self.without_missing)
        if self.json_:
            print(as_json(report))
        else:
            show(report, Place.of(lake), console)
        return 0


class Diff(Command):
    """Compare two batches: runs added and removed, energies changed.

    Tells the rows of each table, too. Each batch is told by its tag, the id of one of its snapshots, or an ISO 8601
    time (UTC), as `query --at` takes it. One from before a rebuild is found in the former tables.
    """

    before: CliPositionalArg[str] = Field(description="the earlier batch")
    after: CliPositionalArg[str] = Field(description="the later batch")
    limit: Annotated[int, Field(ge=0)] | None = Field(default=None, description="most runs to print")
    lake: Path = Field(default=Path("lake"), description="folder of the lake")
    json_: bool = Field(default=False, alias="json", description="print JSON for machines on standard output")

    def execute(self) -> int:
        """Print what changed."""
        from quantum_features.catalog import open_existing_catalog
        from quantum_features.difference import difference
        from quantum_features.difference_report import as_json, show

        found = difference(open_existing_catalog(Lake(self.lake)), self.before, self.after)
        if self.json_:
            print(as_json(found))
        else:
            show(found, self.limit, console)
        return 0


class Query(Command):
    """Ask the tables of a lake, in SQL.

    The tables go by their names, or as quantum_catalog.quantum_features.<name>; SHOW TABLES lists them, and
    DESCRIBE <name> the columns of one. A query reads and changes nothing.
    """

    sql: CliPositionalArg[str] = Field(description="one statement, for example SELECT * FROM vqe_results")
    at: str | None = Field(
        default=None, description="all tables as of a batch: its tag, a snapshot id, or an ISO 8601 time (UTC)"
    )
    namespace: str = Field(default=NAMESPACE, description="where the tables are; former ones are in another")
    limit: Annotated[int, Field(ge=0)] | None = Field(default=None, description="most rows to print")
    lake: Path = Field(default=Path("lake"), description="folder of the lake")
    json_: bool = Field(default=False, alias="json", description="print JSON for machines on standard output")

    def execute(self) -> int:
        """Run the query and print its rows."""
        from quantum_features.output import show_table, write_json, write_plain
        from quantum_features.query import query

        with query(Lake(self.lake), self.sql, self.at, self.namespace) as rows:
            if self.json_:
                write_json(rows, self.limit, sys.stdout)
            elif console.is_terminal:
                show_table(rows, self.limit, console)
            else:
                write_plain(rows, self.limit, sys.stdout)
        return 0


FEATURES = Group("Make feature tables of what has landed in a lake.", {"diff": Diff}, default=Features)
