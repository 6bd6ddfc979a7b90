"""The angles of a circuit's factors, from the parameters of its ansatz."""

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.sector.layout import Doubles
from quantum_simulator.sector.program import Program


class Angles:
    """Cosine and sine of every factor's angle, shape (factors,), in place for the passes."""

    def __init__(self, program: Program, num_parameters: int) -> None:
        self._expected = (num_parameters,)
        self._parameter, self._coefficient = program.parameter, program.coefficient
        self._angle, self.cosine, self.sine = (np.empty(len(self._parameter)) for _ in range(3))

    def set(self, parameters: NDArray[np.float64]) -> None:
        """Of these parameters, radians, shape (num_parameters,)."""
        given: Doubles = np.asarray(parameters, dtype=np.float64)
        if given.shape != self._expected:
            raise ValueError(f"parameters have shape {given.shape}, expected {self._expected}")
        np.take(given, self._parameter, out=self._angle, mode="clip")
        self._angle *= self._coefficient
        np.cos(self._angle, out=self.cosine)
        np.sin(self._angle, out=self.sine)
