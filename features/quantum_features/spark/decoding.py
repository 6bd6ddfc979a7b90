"""Step 4, on the executors: landing files become rows of `raw.RAW_SCHEMA`, in Parquet files of a staging folder.

A task reads its files once, with the contracts' decoder, and tells what became of each. The tables are computed from
the staged rows, so all nine tell of the same experiments, whatever happens to a landing file or an executor later.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyarrow import fs, parquet

from quantum_contracts.container import Experiment, UnreadableFileError, read_container
from quantum_contracts.landing import LandingFile
from quantum_features.landing_folders import LandingFolders
from quantum_features.landing_reader import decoded_bytes, not_storable, reason_of
from quantum_features.raw import LandedExperiment, raw_table
from quantum_features.spark.storage import Storage
from quantum_features.stamp import Stamp
from quantum_features.tables import INT, LONG, STRING

FILE_SCHEMA = pa.schema([("topic", STRING), ("partition", INT), ("offset", LONG), ("retried", pa.bool_())])
OUTCOME_SCHEMA = pa.schema(
    [
        *FILE_SCHEMA,
        ("found", pa.bool_()),  # False: the file went away after it was listed
        ("records", INT),
        ("reason", STRING),  # why the file cannot be read; null where it can
        ("experiment_ids", pa.list_(STRING)),  # each once, in the order of the file
        ("staged", STRING),  # the Parquet file with the rows
    ]
)


@dataclass
class _Chunk:
    """Experiments that go into one Parquet file, and the outcomes that will name it."""

    experiments: list[LandedExperiment]
    outcomes: list[dict[str, Any]]
    bytes: int = 0


@dataclass(frozen=True)
class Decoder:
    """Decodes planned files; goes to the executors. Each Parquet file holds about `chunk_bytes` of decoded results."""

    storage: Storage
    landing: str
    staging: str
    stamp: Stamp
    chunk_bytes: int

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Take planned files (`FILE_SCHEMA`), give an outcome for each (`OUTCOME_SCHEMA`)."""
        folders = self.storage.landing_folders(self.landing)
        chunk = _Chunk([], [])
        for batch in batches:
            for planned in batch.to_pylist():
                self._take(folders, planned, chunk)
                if chunk.bytes >= self.chunk_bytes:
                    yield self._write(chunk)
                    chunk = _Chunk([], [])
        if chunk.outcomes:
            yield self._write(chunk)

    def _take(self, folders: LandingFolders, planned: Mapping[str, Any], chunk: _Chunk) -> None:
        file = LandingFile(planned["topic"], planned["partition"], planned["offset"])
        outcome = {**planned, "found": True, "records": 0, "reason": None, "experiment_ids": [], "staged": None}
        chunk.outcomes.append(outcome)
        try:
            experiments = _read(folders, file)
        except FileNotFoundError:
            outcome["found"] = False
            return
        except (UnreadableFileError, OSError) as error:
            outcome["reason"] = reason_of(error)
            return
        outcome["reason"] = not_storable(experiments)
        if outcome["reason"] is None:
            distinct = {experiment.experiment_id: experiment for experiment in reversed(experiments)}
            kept = [item for item in experiments if distinct[item.experiment_id] is item]
            outcome["records"] = len(experiments)
            outcome["experiment_ids"] = [experiment.experiment_id for experiment in kept]
            chunk.experiments += [LandedExperiment(file, experiment) for experiment in kept]
            chunk.bytes += sum(decoded_bytes(experiment.result) for experiment in kept)

    def _write(self, chunk: _Chunk) -> pa.RecordBatch:
        if chunk.experiments:
            name = f"{uuid.uuid4()}.parquet"  # a task that is repeated writes another one, and nobody asks for this
            filesystem, folder = self.storage.open_folder(self.staging)
            if isinstance(filesystem, fs.LocalFileSystem):
                filesystem.create_dir(folder, recursive=True)
            rows = raw_table(chunk.experiments, self.stamp)
            parquet.write_table(rows, f"{folder}/{name}", filesystem=filesystem, compression="zstd")
            for outcome in chunk.outcomes:
                outcome["staged"] = f"{self.staging}/{name}" if outcome["experiment_ids"] else None
        return pa.RecordBatch.from_pylist(chunk.outcomes, schema=OUTCOME_SCHEMA)


def _read(folders: LandingFolders, file: LandingFile) -> Sequence[Experiment]:
    with folders.open(file) as opened:
        return read_container(opened)
