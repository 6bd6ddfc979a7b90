"""Energy and gradient of an ansatz in its particle-number sector."""

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.problem import ElectronicProblem
from quantum_simulator.sector import hamiltonian, rotations
from quantum_simulator.sector.layout import padded, zeros
from quantum_simulator.sector.strings import occupation_strings


class SectorSimulator:
    """Simulates `ansatz` exactly for `problem`; both must be of the same orbitals and electrons."""

    def __init__(self, problem: ElectronicProblem, ansatz: ExcitationAnsatz) -> None:
        expected = (problem.num_orbitals, problem.num_alpha, problem.num_beta)
        given = (ansatz.num_orbitals, ansatz.num_alpha, ansatz.num_beta)
        if given != expected:
            raise ValueError(f"the ansatz has (orbitals, alpha, beta) = {given}, expected {expected}")
        self._ansatz = ansatz
        self._nuclear_repulsion = problem.nuclear_repulsion_energy
        alpha = occupation_strings(problem.num_orbitals, problem.num_alpha)
        beta = occupation_strings(problem.num_orbitals, problem.num_beta)
        self._num_beta_strings = len(beta)
        self._program = rotations.build_program(ansatz, alpha, beta)
        self._rotation_work = rotations.build_workspace(self._program, len(alpha), len(beta))
        self._hamiltonian = hamiltonian.build_hamiltonian(problem)
        self._hamiltonian_work = hamiltonian.build_workspace(self._hamiltonian)
        self._state = zeros(len(alpha), padded(len(beta)))
        self._adjoint = zeros(*self._state.shape)

    def state(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """The state, real amplitudes, shape (alpha strings, beta strings), strings ascending.

        The determinant is the alpha creators in ascending order, then the beta creators, on the vacuum.
        """
        self._prepare(parameters)
        return self._state[:, : self._num_beta_strings].copy()

    def apply_hamiltonian(self, state: NDArray[np.float64]) -> NDArray[np.float64]:
        """The electronic H|state>, hartree, for a state in the shape that `state` gives."""
        self._state[:, : self._num_beta_strings] = state
        hamiltonian.apply_hamiltonian(self._hamiltonian, self._state, self._adjoint, self._hamiltonian_work)
        return self._adjoint[:, : self._num_beta_strings].copy()

    def energy(self, parameters: NDArray[np.float64]) -> float:
        """Total energy, hartree, at `parameters`, radians, shape (num_parameters,)."""
        self._prepare(parameters)
        return self._apply_to_state()

    def energy_and_gradient(self, parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Total energy, hartree, and its derivatives, hartree per radian, shape (num_parameters,).

        The adjoint method (Jones and Gacon, arXiv:2009.02823): state and H|state> go back through the circuit
        together, and each factor's derivative is read off on the way.
        """
        cosine, sine = self._prepare(parameters)
        energy = self._apply_to_state()
        by_factor = np.empty(len(self._ansatz.factors))
        rotations.backward(self._state, self._adjoint, self._program, self._rotation_work, cosine, sine, by_factor)
        gradient: NDArray[np.float64] = np.bincount(
            self._ansatz.parameter_of_factor,
            weights=self._ansatz.coefficient_of_factor * by_factor,
            minlength=self._ansatz.num_parameters,
        ).astype(np.float64)
        return energy, gradient

    def _prepare(self, parameters: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        angles = self._ansatz.coefficient_of_factor * parameters[self._ansatz.parameter_of_factor]
        cosine, sine = np.cos(angles), np.sin(angles)
        self._state[:] = 0.0
        self._state[0, 0] = 1.0
        rotations.forward(self._state, self._program, self._rotation_work, cosine, sine)
        return cosine, sine

    def _apply_to_state(self) -> float:
        hamiltonian.apply_hamiltonian(self._hamiltonian, self._state, self._adjoint, self._hamiltonian_work)
        return float(np.vdot(self._state, self._adjoint)) + self._nuclear_repulsion
