"""Tags in a catalog that commits one table at a time: REST, Hadoop. They change table by table."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta

from pyiceberg.table.snapshots import Snapshot

from quantum_features.database import reading
from quantum_features.ledger import batches
from quantum_features.retention import FOR_EVER_MS, tag_age_ms, tags
from quantum_features.spark.java_tables import JavaCatalog, JavaTable
from quantum_features.tables import ALL_TABLES
from quantum_features.tags import no_tag


@dataclass(frozen=True)
class JavaTags:
    """As `Tags`."""

    catalog: JavaCatalog

    def drop(self, names: Collection[str]) -> None:
        """As `Tags.drop`."""
        for table in self._tables():
            if present := sorted(set(names) & tags(table.metadata()).keys()):
                changes = table.java.manageSnapshots()
                for name in present:
                    changes = changes.removeTag(name)
                changes.commit()

    def pin(self, name: str) -> None:
        """As `Tags.pin`."""
        self._set_age(name, lambda _: FOR_EVER_MS)

    def unpin(self, name: str, retention: timedelta) -> None:
        """As `Tags.unpin`."""
        with reading(self.catalog.layouts.engine) as connection:
            since = next((batch.published_at for batch in batches(connection) if batch.tag == name), None)
        self._set_age(name, lambda snapshot: tag_age_ms(snapshot, retention, since))

    def _set_age(self, name: str, age_ms: Callable[[Snapshot], int]) -> None:
        found = False
        for table in self._tables():
            metadata = table.metadata()
            ref = tags(metadata).get(name)
            snapshot = None if ref is None else metadata.snapshot_by_id(ref.snapshot_id)
            if snapshot is not None:
                found = True
                table.java.manageSnapshots().setMaxRefAgeMs(name, age_ms(snapshot)).commit()
        if not found:
            raise no_tag(name, self.catalog.layouts.namespace)

    def _tables(self) -> Iterator[JavaTable]:
        found = (self.catalog.table(name) for name in ALL_TABLES)
        return (table for table in found if table is not None)
