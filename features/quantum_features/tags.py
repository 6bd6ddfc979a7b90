"""Changes the tags of all tables in one transaction of the catalog's database: no reader sees a batch half tagged."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from pyiceberg.table import Table, Transaction
from pyiceberg.table.update.snapshot import ManageSnapshots

from quantum_contracts.effects import effect
from quantum_contracts.errors import UsageError
from quantum_contracts.lake import CATALOG_NAME
from quantum_features.catalog import State, TableCatalog
from quantum_features.database import reading, transaction
from quantum_features.errors import ConflictError
from quantum_features.ledger import batches
from quantum_features.publish import move_pointer
from quantum_features.retention import tag_age_ms, tags
from quantum_features.staging import StagedTableCommit, write_metadata
from quantum_features.tables import VQE_RESULTS


class Tags(Protocol):
    """The tags of the tables of a namespace, in one kind of catalog."""

    def drop(self, names: Collection[str]) -> None:
        """Take tags off all tables that have them."""

    def pin(self, name: str) -> None:
        """Let a tag stay for ever.

        Raises:
            UsageError: no table has such a tag.
        """

    def unpin(self, name: str, retention: timedelta) -> None:
        """Let a tag go when its batch is older than `retention`.

        Raises:
            UsageError: no table has such a tag.
        """


@dataclass(frozen=True)
class SqlTags:
    """Tags in a SQL catalog."""

    catalog: TableCatalog

    def drop(self, names: Collection[str]) -> None:
        """As `Tags.drop`."""

        def dropped(table: Table, changes: ManageSnapshots) -> None:
            for name in sorted(set(names) & tags(table.metadata).keys()):
                changes.remove_tag(name)

        self._change(dropped)

    def pin(self, name: str) -> None:
        """As `Tags.pin`."""
        self._require(name)
        self._set_age(name, lambda _: None)

    def unpin(self, name: str, retention: timedelta) -> None:
        """As `Tags.unpin`."""
        self._require(name)
        with reading(self.catalog.engine) as connection:
            since = next((batch.published_at for batch in batches(connection) if batch.tag == name), None)
        self._set_age(name, age_since(name, retention, since))

    def _require(self, name: str) -> None:
        state = self.catalog.read_state()
        if not any(name in tags(state.table(table).metadata) for table in state.metadata_location):
            raise no_tag(name, self.catalog.namespace)

    def _set_age(self, name: str, age_ms: Callable[[Table], int | None]) -> None:
        def aged(table: Table, changes: ManageSnapshots) -> None:
            ref = tags(table.metadata).get(name)
            if ref is not None:
                changes.create_tag(ref.snapshot_id, name, age_ms(table))

        self._change(aged)

    def _change(self, change: Callable[[Table, ManageSnapshots], None]) -> None:
        while True:
            state = self.catalog.read_state()
            commits = [commit for name in sorted(state.metadata_location) if (commit := _staged(state, name, change))]
            if not commits:
                return
            try:
                with transaction(self.catalog.engine) as connection:
                    for commit in commits:
                        move_pointer(connection, self.catalog.namespace, commit)
                    effect("features.tags_moved")
            except ConflictError:  # a batch was faster: its tags stay
                self.catalog.remove(file for commit in commits for file in commit.files)
            else:
                effect("features.tags_changed")
                self.catalog.remove(file for commit in commits for file in commit.expired)
                return


def age_since(name: str, retention: timedelta, since: datetime | None) -> Callable[[Table], int]:
    """The age of the tag in a table, where its batch was published at `since`, or nobody knows when."""

    def age_ms(table: Table) -> int:
        snapshot = table.snapshot_by_id(table.metadata.refs[name].snapshot_id)
        if snapshot is None:
            raise ValueError(f"the tag {name} of {table.name()[-1]} names a snapshot that is not there")
        return tag_age_ms(snapshot, retention, since)

    return age_ms


def no_tag(name: str, namespace: str) -> UsageError:
    """Why a tag cannot be pinned or unpinned."""
    table = f"{CATALOG_NAME}.{namespace}.{VQE_RESULTS.name}"
    return UsageError(f"no table of {namespace} has a tag {name!r}, or it has expired; see {table}.refs")


def _staged(state: State, name: str, change: Callable[[Table, ManageSnapshots], None]) -> StagedTableCommit | None:
    table = state.table(name)
    changes = Transaction(table)
    manage = ManageSnapshots(changes)
    change(table, manage)
    manage.commit()
    return write_metadata(state, name, table, changes, uuid.uuid4()) if changes._updates else None
