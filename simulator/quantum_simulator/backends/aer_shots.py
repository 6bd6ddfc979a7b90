"""The Aer backend with shots: energies from measured outcomes, with their sampling error."""

from math import hypot

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.backends import Estimate
from quantum_simulator.backends.measurement import Measurement, sampled_energy
from quantum_simulator.backends.shift_rule import ShiftRule
from quantum_simulator.backends.staged import StagedSimulation


class AerShotsBackend:
    """Energies from `shots` measurements in each setting.

    The outcomes are drawn from the probabilities that Aer computes, which is the law of Aer's own counts at a sixth of
    their cost. Every energy draws anew; the same `seed` gives the same sequence of energies.
    """

    def __init__(
        self,
        name: str,
        measurement: Measurement,
        energy_offset: float,
        rule: ShiftRule,
        simulation: StagedSimulation,
        shots: int,
        seed: int,
    ) -> None:
        self.name = name
        self._settings = measurement.settings
        self._constant = measurement.constant + energy_offset
        self._rule = rule
        self._simulation = simulation
        self._shots = shots
        self._random = np.random.default_rng(seed)

    def energy(self, parameters: NDArray[np.float64]) -> Estimate:
        """Total energy at `parameters` (radians, shape (num_parameters,)), hartree, and the error of its mean."""
        energy, error = self._constant, 0.0
        by_setting = self._simulation.probabilities(self._rule.angles(parameters))
        for setting, probabilities in zip(self._settings, by_setting, strict=True):
            counts = self._random.multinomial(self._shots, probabilities / probabilities.sum())
            outcomes = np.flatnonzero(counts)
            mean, standard_error = sampled_energy(setting, outcomes, counts[outcomes])
            energy += mean
            error = hypot(error, standard_error)
        return Estimate(energy, error)
