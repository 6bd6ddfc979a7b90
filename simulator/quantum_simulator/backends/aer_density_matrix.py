"""The Aer backend with noise and without shots: what measurements would give if there were no end to them."""

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.backends import Estimate
from quantum_simulator.backends.measurement import Measurement
from quantum_simulator.backends.shift_rule import ShiftRule
from quantum_simulator.backends.staged import StagedSimulation


class AerDensityMatrixBackend:
    """Energies from the exact probabilities of all outcomes, errors of gates and of the readout included."""

    def __init__(
        self,
        name: str,
        measurement: Measurement,
        energy_offset: float,
        rule: ShiftRule,
        simulation: StagedSimulation,
    ) -> None:
        self.name = name
        self._settings = measurement.settings
        self._constant = measurement.constant + energy_offset
        self._rule = rule
        self._simulation = simulation

    def energy(self, parameters: NDArray[np.float64]) -> Estimate:
        """Total energy at `parameters` (radians, shape (num_parameters,)), hartree."""
        return Estimate(self._energy(self._rule.angles(parameters)))

    def energy_and_gradient(self, parameters: NDArray[np.float64]) -> tuple[Estimate, NDArray[np.float64]]:
        """Total energy, hartree, and its derivatives, hartree per radian, shape (num_parameters,)."""
        energies = np.array([self._energy(angles) for angles in self._rule.points(parameters)])
        return Estimate(float(energies[0])), self._rule.gradient(energies)

    def _energy(self, angles: NDArray[np.float64]) -> float:
        energy = self._constant
        for setting, probabilities in zip(self._settings, self._simulation.probabilities(angles), strict=True):
            energy += float(setting.values(np.arange(probabilities.size)) @ probabilities)
        return energy
