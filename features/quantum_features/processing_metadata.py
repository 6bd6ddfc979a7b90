"""The row that a batch leaves in `processing_metadata` (system specification, "Metadata Tracking Table")."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pyarrow as pa

from quantum_features.ledger import FileOutcome, Status
from quantum_features.stamp import Stamp
from quantum_features.tables import FEATURE_TABLES, PROCESSING_METADATA


def metadata_row(
    stamp: Stamp,
    rows: Mapping[str, int],
    outcomes: Sequence[FileOutcome],
    duplicates: int,
    waiting: Mapping[str, int] = MappingProxyType({}),
) -> pa.RecordBatch:
    """The row of a batch that added `rows` to each feature table, and saw files `waiting` in topics unknown to it."""
    row = {
        **stamp.columns,
        "table_names": list(FEATURE_TABLES),
        "table_versions": [stamp.tag] * len(FEATURE_TABLES),
        "record_counts": [rows.get(name, 0) for name in FEATURE_TABLES],
        "source_data_info": json.dumps(_source(outcomes, duplicates) | {"waiting": dict(waiting)}),
    }
    return pa.RecordBatch.from_pylist([row], schema=PROCESSING_METADATA.arrow_schema)


def _source(outcomes: Sequence[FileOutcome], duplicates: int) -> dict[str, object]:
    partitions: dict[str, dict[str, int]] = {}
    for outcome in outcomes:
        place = f"{outcome.file.topic}/{outcome.file.partition}"
        info = partitions.setdefault(
            place, {"files": 0, "quarantined": 0, "first_offset": outcome.file.offset, "last_offset": 0}
        )
        info["files"] += 1
        info["quarantined"] += outcome.status is Status.QUARANTINED
        info["first_offset"] = min(info["first_offset"], outcome.file.offset)
        info["last_offset"] = max(info["last_offset"], outcome.file.offset)
    return {"duplicates": duplicates, "partitions": partitions}
