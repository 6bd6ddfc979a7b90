"""The quarantine table: the landing files that wait for a retry. A file that was read at last leaves it."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.manifest import DataFile

from quantum_features.catalog import State
from quantum_features.ledger import FileOutcome
from quantum_features.staging import TableChange, current_or_new_table, write_data_file
from quantum_features.stamp import Stamp
from quantum_features.tables import QUARANTINE


def quarantine_change(state: State, outcomes: Sequence[FileOutcome], stamp: Stamp) -> TableChange:
    """What a batch with these outcomes does to the quarantine table; writes the new rows."""
    arrived = [outcome for outcome in outcomes if outcome.reason is not None]
    retried = [str(outcome.file.path) for outcome in outcomes if outcome.retried]
    if not arrived and not retried:
        return TableChange()
    table = current_or_new_table(state, QUARANTINE)
    rows = quarantine_rows(arrived, stamp)
    removed: list[DataFile] = []
    if retried:
        scan = table.scan()
        waiting = scan.to_arrow().select(QUARANTINE.arrow_schema.names).cast(QUARANTINE.arrow_schema)
        staying = waiting.filter(pc.invert(pc.is_in(waiting["source_path"], pa.array(retried, pa.string()))))
        rows = pa.concat_tables([staying, rows])
        removed = [task.file for task in scan.plan_files()]
    added = [write_data_file(table, rows.to_batches(), {}, stamp, number=0)] if rows.num_rows else []
    return TableChange(added, removed)


def quarantine_rows(outcomes: Sequence[FileOutcome], stamp: Stamp) -> pa.Table:
    """The rows of files that a batch could not read."""
    rows = [
        {
            "source_topic": outcome.file.topic,
            "source_partition": outcome.file.partition,
            "source_offset": outcome.file.offset,
            "source_path": str(outcome.file.path),
            "reason": outcome.reason,
            **stamp.columns,
        }
        for outcome in outcomes
    ]
    return pa.Table.from_pylist(rows, schema=QUARANTINE.arrow_schema)
