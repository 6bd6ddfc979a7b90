"""The angles of a circuit's factors, from the parameters of its ansatz."""

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.sector.layout import Doubles
from quantum_simulator.sector.program import Program


class Angles:
    """Cosine and sine of every factor's angle, shape (factors,), in place for the passes."""

    def __init__(self, program: Program, num_parameters: int) -> None:
        self._expected = (num_parameters,)
        self._parameter, self._half_coefficient = program.parameter, 0.5 * program.coefficient
        self._tangent, self._weight, self.cosine, self.sine = (np.empty(len(self._parameter)) for _ in range(4))

    def set(self, parameters: NDArray[np.float64]) -> None:
        """Of these parameters, radians, shape (num_parameters,).

        By the tangent t of the half angle, which NumPy finds in a seventh of the time of cosine and sine: the cosine is
        2 / (1 + t^2) - 1, the sine 2 t / (1 + t^2), each to a few units of the last place of 1.
        """
        given: Doubles = np.asarray(parameters, dtype=np.float64)
        if given.shape != self._expected:
            raise ValueError(f"parameters have shape {given.shape}, expected {self._expected}")
        tangent, weight = self._tangent, self._weight
        given.take(self._parameter, out=tangent, mode="clip")
        np.multiply(tangent, self._half_coefficient, out=tangent)
        np.tan(tangent, out=tangent)
        np.multiply(tangent, tangent, out=weight)
        np.add(weight, 1.0, out=weight)
        np.divide(2.0, weight, out=weight)
        np.subtract(weight, 1.0, out=self.cosine)
        np.multiply(weight, tangent, out=self.sine)
