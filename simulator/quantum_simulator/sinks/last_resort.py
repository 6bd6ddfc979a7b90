"""Where a result goes when its spool has no room and nobody takes it: the system's temporary folder."""

from pathlib import Path
from tempfile import mkdtemp

from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_simulator.sinks.spool import Spool


def keep(result: VQEDecoratedResult, topic: str) -> Path:
    """Write `result` into a new temporary folder, laid out as a spool; tell the file.

    Raises:
        QuantumPipelineError: there is no room either.
    """
    try:
        folder = Path(mkdtemp(prefix="quantum-pipeline-"))
    except OSError as error:
        raise QuantumPipelineError(f"no room in a temporary folder either: {error.strerror}") from error
    with Spool(folder).put(result, topic) as held:
        return held.path
