"""Tables of a Hadoop catalog, found by their files alone: `<warehouse>/<namespace>/<table>/metadata/vN.metadata.json`.

A Hadoop catalog has no database; the current metadata of a table is that with the highest version.
"""

import re
from collections.abc import Mapping

from pyarrow import fs

from quantum_features.spark.storage import Storage

_VERSION_FILE = re.compile(r"v(?P<version>[0-9]+)(\.gz)?\.metadata\.json")


def current_metadata(storage: Storage, warehouse: str, namespace: str) -> Mapping[str, str]:
    """Where the current metadata of each table of a namespace is.

    Raises:
        OSError: the warehouse cannot be read.
    """
    filesystem, folder = storage.open_folder(f"{warehouse}/{namespace}")
    found = {}
    for table in sorted(_names(filesystem, folder, fs.FileType.Directory)):
        files = _names(filesystem, f"{folder}/{table}/metadata", fs.FileType.File)
        versions = {int(match["version"]): name for name in files if (match := _VERSION_FILE.fullmatch(name))}
        if versions:
            found[table] = f"{warehouse}/{namespace}/{table}/metadata/{versions[max(versions)]}"
    return found


def _names(filesystem: fs.FileSystem, folder: str, kind: fs.FileType) -> list[str]:
    listed = filesystem.get_file_info(fs.FileSelector(folder, allow_not_found=True))
    return [entry.base_name for entry in listed if entry.type is kind]
