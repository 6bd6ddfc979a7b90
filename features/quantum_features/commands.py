"""The commands of the features room. Engines are imported when a command runs, so that help comes at once."""

import sys
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import CliPositionalArg, SettingsConfigDict

from quantum_contracts.command_line import Command, console, error_console
from quantum_contracts.lake import Lake
from quantum_features.settings import FeaturesSettings


class Features(Command, FeaturesSettings):
    """Make feature tables of what has landed in a lake.

    Reads the landing files that no batch has taken in yet, and publishes their rows in all tables at once, under the
    tag v_<batch id>. Files that cannot be read are set aside; `--retry-quarantined` reads them again.
    """

    model_config = SettingsConfigDict(env_prefix_target="all")  # pydantic merges it with those of both bases

    lake: Path = Field(default=Path("lake"), description="folder of the lake")
    json_: bool = Field(default=False, alias="json", description="print JSON for machines on standard output")

    def execute(self) -> int:
        """Process the lake and tell what was done."""
        from quantum_features.batch import process
        from quantum_features.report import Place, as_json, show
        from quantum_features.terminal import display

        lake = Lake(self.lake)
        with display(error_console) as progress:
            report = process(lake, self, progress)
        if self.json_:
            print(as_json(report))
        else:
            show(report, Place.of(lake), console)
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
    limit: Annotated[int, Field(ge=0)] | None = Field(default=None, description="most rows to print")
    lake: Path = Field(default=Path("lake"), description="folder of the lake")
    json_: bool = Field(default=False, alias="json", description="print JSON for machines on standard output")

    def execute(self) -> int:
        """Run the query and print its rows."""
        from quantum_features.output import show_table, write_json, write_plain
        from quantum_features.query import query

        with query(Lake(self.lake), self.sql, self.at) as rows:
            if self.json_:
                write_json(rows, self.limit, sys.stdout)
            elif console.is_terminal:
                show_table(rows, self.limit, console)
            else:
                write_plain(rows, self.limit, sys.stdout)
        return 0
