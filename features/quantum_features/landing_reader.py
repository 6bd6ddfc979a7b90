"""Reads landing files in chunks of bounded size: decodes, drops what is known, sets aside what cannot be read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine

from quantum_contracts.container import Experiment, UnreadableFileError, read_container
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_features.database import reading
from quantum_features.landing_folders import LandingFolders
from quantum_features.ledger import FileOutcome, known_experiments
from quantum_features.partition import reason_not_storable
from quantum_features.plan import PlannedFile
from quantum_features.progress import Progress
from quantum_features.raw import LandedExperiment

# What a decoded experiment takes in memory, roughly: records of the contract, and numbers in Python lists and Arrow.
BYTES_OF_A_NUMBER = 40
BYTES_OF_A_RECORD = 1_000


@dataclass
class LandingReader:
    """Reads `files` once; the other attributes tell what was found, complete when the last chunk has been taken.

    The database of `engine` tells which experiments are known already; without one none is.
    """

    landing: LandingFolders
    files: Sequence[PlannedFile]
    engine: Engine | None
    chunk_bytes: int
    progress: Progress
    outcomes: list[FileOutcome] = field(default_factory=list)
    experiment_ids: dict[str, None] = field(default_factory=dict)  # in the order of their files
    duplicates: int = 0

    def chunks(self) -> Iterator[list[LandedExperiment]]:
        """Give the new experiments, each once, in chunks of about `chunk_bytes` and of one experiment at least."""
        chunk: list[LandedExperiment] = []
        size = 0
        for done, planned in enumerate(self.files, start=1):
            for landed in self._new(planned):
                chunk.append(landed)
                size += decoded_bytes(landed.experiment.result)
                if size >= self.chunk_bytes:
                    yield chunk
                    chunk, size = [], 0
            self.progress(done, len(self.files))
        if chunk:
            yield chunk

    def _new(self, planned: PlannedFile) -> Iterator[LandedExperiment]:
        try:
            experiments = self._read(planned)
        except FileNotFoundError:
            if planned.retried:
                self._set_aside(planned, "the file is no longer there")
            return  # it went away between listing and reading: it may come back, and is new then
        except (UnreadableFileError, OSError) as error:
            self._set_aside(planned, reason_of(error))
            return
        if reason := not_storable(experiments):
            self._set_aside(planned, reason)
            return
        self.outcomes.append(FileOutcome(planned.file, len(experiments), retried=planned.retried))
        known = self._known({experiment.experiment_id for experiment in experiments})
        for experiment in experiments:
            if experiment.experiment_id in known or experiment.experiment_id in self.experiment_ids:
                self.duplicates += 1
            else:
                self.experiment_ids[experiment.experiment_id] = None
                yield LandedExperiment(planned.file, experiment)

    def _known(self, experiment_ids: set[str]) -> set[str]:
        if self.engine is None:
            return set()
        with reading(self.engine) as connection:
            return known_experiments(connection, experiment_ids)

    def _read(self, planned: PlannedFile) -> list[Experiment]:
        with self.landing.open(planned.file) as file:
            return read_container(file)

    def _set_aside(self, planned: PlannedFile, reason: str) -> None:
        self.outcomes.append(FileOutcome(planned.file, 0, reason, planned.retried))


def decoded_bytes(result: VQEDecoratedResult) -> int:
    """About the bytes that a decoded result takes in memory."""
    data = result.vqe_result.initial_data
    steps = len(result.vqe_result.iteration_list)
    records = steps + 2 * len(data.hamiltonian) + 10
    return steps * data.num_parameters * BYTES_OF_A_NUMBER + records * BYTES_OF_A_RECORD + len(data.ansatz)


def not_storable(experiments: Iterable[Experiment]) -> str | None:
    """Why the tables cannot hold one of the experiments; None where they can hold all."""
    reasons = (reason_not_storable(experiment.result) for experiment in experiments)
    return next((reason for reason in reasons if reason is not None), None)


def reason_of(error: UnreadableFileError | OSError) -> str:
    """Why a file could not be read, without its path."""
    return f"cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)
