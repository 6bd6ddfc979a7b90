"""Which files a table is made of, with its whole history."""

from collections.abc import Iterator
from contextlib import suppress

from pyiceberg.manifest import ManifestFile
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot


def files_of(table: Table) -> list[set[str]]:
    """The table's files in groups: data, manifests, manifest lists, metadata, the current metadata file.

    None of a group is named in a later group only. So a removal that follows this order, and is stopped, leaves what
    tells the rest; files that are gone already are passed over.
    """
    lists = {snapshot.manifest_list for snapshot in table.snapshots()}
    manifests = {
        manifest.manifest_path: manifest for snapshot in table.snapshots() for manifest in _manifests(table, snapshot)
    }
    data = {path for manifest in manifests.values() for path in _data_files(table, manifest)}
    statistics = {file.statistics_path for file in table.metadata.statistics}
    older = {entry.metadata_file for entry in table.metadata.metadata_log}
    return [data, set(manifests), lists, statistics | older, {table.metadata_location}]


def _manifests(table: Table, snapshot: Snapshot) -> list[ManifestFile]:
    with suppress(FileNotFoundError):
        return snapshot.manifests(table.io)
    return []


def _data_files(table: Table, manifest: ManifestFile) -> Iterator[str]:
    with suppress(FileNotFoundError):
        for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=False):
            yield entry.data_file.file_path
