"""Where results go. `file` writes landing files; every sink takes the same result and tells the same coordinates."""

from typing import Protocol

from quantum_contracts.landing import LandingFile
from quantum_contracts.v2 import VQEDecoratedResult


class Sink(Protocol):
    """Takes finished results, each whole or not at all."""

    def prepare(self) -> None:
        """Find out whether results can be taken, before anything is computed.

        Raises:
            QuantumPipelineError: they cannot; says why.
        """

    def deliver(self, result: VQEDecoratedResult) -> LandingFile:
        """Take a result; once this returns it is durable at the coordinates that it tells.

        Raises:
            QuantumPipelineError: it could not be taken; nothing of it is visible.
        """
