"""The same simulation, slow and obvious: PySCF's ladder operators on full-configuration-interaction vectors.

Nothing here pairs amplitudes or packs rows; the fast simulator is tested against it.
"""

from math import comb, cos, sin

import numpy as np
from numpy.typing import NDArray
from pyscf import fci
from pyscf.fci import addons

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.ansatz.excitations import Excitation
from quantum_simulator.electronic.problem import ElectronicProblem


class ReferenceSimulator:
    """Simulates `ansatz` for `problem`, one operator after the other."""

    def __init__(self, problem: ElectronicProblem, ansatz: ExcitationAnsatz) -> None:
        self._problem = problem
        self._ansatz = ansatz
        self._electrons = (problem.num_alpha, problem.num_beta)

    def state(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """The state, real amplitudes, shape (alpha strings, beta strings), strings ascending."""
        n, (alpha, beta) = self._problem.num_orbitals, self._electrons
        psi = np.zeros((comb(n, alpha), comb(n, beta)))
        psi[0, 0] = 1.0
        for excitation, parameter, coefficient in self._ansatz.factors:
            psi = self._factor(coefficient * parameters[parameter], excitation, psi)
        return psi

    def apply_hamiltonian(self, state: NDArray[np.float64]) -> NDArray[np.float64]:
        """The electronic H|state>, hartree, shape (alpha strings, beta strings)."""
        problem, n = self._problem, self._problem.num_orbitals
        operator = fci.direct_spin1.absorb_h1e(problem.one_body, problem.two_body, n, self._electrons, 0.5)
        applied: NDArray[np.float64] = fci.direct_spin1.contract_2e(operator, state, n, self._electrons)
        return applied

    def energy(self, parameters: NDArray[np.float64]) -> float:
        """Total energy, hartree, at `parameters`, radians, shape (num_parameters,)."""
        psi = self.state(parameters)
        return float(np.vdot(psi, self.apply_hamiltonian(psi))) + self._problem.energy_offset

    def _factor(self, angle: float, excitation: Excitation, psi: NDArray[np.float64]) -> NDArray[np.float64]:
        """exp(angle G) psi with G = T - T^+, by G^3 = -G: 1 + sin(angle) G + (1 - cos(angle)) G^2."""
        once = self._generator(excitation, psi)
        twice = self._generator(excitation, once)
        return psi + sin(angle) * once + (1.0 - cos(angle)) * twice

    def _generator(self, excitation: Excitation, psi: NDArray[np.float64]) -> NDArray[np.float64]:
        forth = self._ladder(excitation.occupied, excitation.virtual, psi)
        back = self._ladder(excitation.virtual[::-1], excitation.occupied[::-1], psi)
        return forth - back

    def _ladder(
        self, creators: tuple[int, ...], annihilators: tuple[int, ...], psi: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The product of `creators`, then `annihilators`, on psi; the rightmost acts first."""
        n = self._problem.num_orbitals
        alpha, beta = self._electrons
        taken = sum(orbital < n for orbital in annihilators)
        if taken > alpha or len(annihilators) - taken > beta:
            return np.zeros_like(psi)
        for orbital in reversed(annihilators):
            if orbital < n:
                psi, alpha = addons.des_a(psi, n, (alpha, beta), orbital), alpha - 1
            else:
                psi, beta = addons.des_b(psi, n, (alpha, beta), orbital - n), beta - 1
        for orbital in reversed(creators):
            if orbital < n:
                psi, alpha = addons.cre_a(psi, n, (alpha, beta), orbital), alpha + 1
            else:
                psi, beta = addons.cre_b(psi, n, (alpha, beta), orbital - n), beta + 1
        return psi
