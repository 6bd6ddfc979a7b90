"""Where things are in a lake directory, and the names its readers rely on."""

from dataclasses import dataclass
from pathlib import Path

CATALOG_NAME = "quantum_catalog"  # part of the key in a SQL catalog: every reader and writer must use the same
NAMESPACE = "quantum_features"


@dataclass(frozen=True)
class Lake:
    """A lake on the local file system."""

    root: Path

    @property
    def experiments(self) -> Path:
        """The landing root: what sinks write and features read."""
        return self.root / "experiments"

    @property
    def warehouse(self) -> Path:
        """The Iceberg warehouse."""
        return self.root / "warehouse"

    @property
    def catalog_database(self) -> Path:
        """The SQLite database of the Iceberg catalog and the ledger."""
        return self.root / "catalog.db"
