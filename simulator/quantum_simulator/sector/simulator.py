"""Energy and gradient of an ansatz in its particle-number sector."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz, Factor
from quantum_simulator.ansatz.excitations import Excitation
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.sector.angles import Angles
from quantum_simulator.sector.engine import Engine, load_engine
from quantum_simulator.sector.hamiltonian import build_hamiltonian
from quantum_simulator.sector.program import Program, TransitionTables, build_program
from quantum_simulator.sector.strings import occupation_strings
from quantum_simulator.sector.workspace import build_workspace


class Sector:
    """What all simulators of one problem share: the Hamiltonian's tables, the transitions, and working memory."""

    def __init__(self, problem: ElectronicProblem, engine: Engine) -> None:
        self.engine = engine
        self.size = (problem.num_orbitals, problem.num_alpha, problem.num_beta)
        self.energy_offset = problem.energy_offset
        alpha, beta = (occupation_strings(problem.num_orbitals, electrons) for electrons in self.size[1:])
        self.transitions = TransitionTables(alpha, beta)
        self.hamiltonian = build_hamiltonian(problem)
        self.work = build_workspace(len(alpha), len(beta))
        self._pool: tuple[tuple[Excitation, ...], Program] | None = None

    def program(self, factors: Sequence[Factor]) -> Program:
        """The tables of a circuit."""
        return build_program(self.size[0], factors, self.transitions)

    def pool(self, excitations: Sequence[Excitation]) -> Program:
        """The tables of a pool, one factor and one parameter for each excitation; the last pool's are kept."""
        key = tuple(excitations)
        if self._pool is None or self._pool[0] != key:
            factors = [Factor(excitation, number) for number, excitation in enumerate(key)]
            self._pool = (key, self.program(sorted(factors, key=self._alpha_operators)))
        return self._pool[1]

    def _alpha_operators(self, factor: Factor) -> tuple[tuple[int, ...], ...]:
        """Neighbours in the order of these share packed rows."""
        n, excitation = self.size[0], factor.excitation
        return tuple(tuple(q for q in side if q < n) for side in (excitation.occupied, excitation.virtual))


class SectorSimulator:
    """Simulates an ansatz exactly, in one thread: the same input gives the same bits."""

    def __init__(self, problem: ElectronicProblem, ansatz: ExcitationAnsatz, engine: Engine | None = None) -> None:
        """Both must be of the same orbitals and electrons.

        Raises:
            ValueError: they are not, or a factor does not conserve the numbers of electrons.
        """
        self._start(Sector(problem, engine or load_engine()), ansatz)

    def with_ansatz(self, ansatz: ExcitationAnsatz) -> "SectorSimulator":
        """A simulator of another ansatz for the same problem; it shares all tables and the working memory."""
        other = object.__new__(SectorSimulator)
        other._start(self._sector, ansatz)
        return other

    def _start(self, sector: Sector, ansatz: ExcitationAnsatz) -> None:
        given = (ansatz.num_orbitals, ansatz.num_alpha, ansatz.num_beta)
        if given != sector.size:
            raise ValueError(f"the ansatz has (orbitals, alpha, beta) = {given}, expected {sector.size}")
        program = sector.program(ansatz.factors)
        self._sector, self._num_parameters = sector, ansatz.num_parameters
        self._angles = Angles(program, ansatz.num_parameters)
        self._passes = sector.engine.passes(sector.hamiltonian, program, sector.work, self._angles)

    @property
    def kernel(self) -> str:
        """The name of the engine that runs."""
        return self._sector.engine.name

    def state(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """The state, real amplitudes, shape (alpha strings, beta strings), strings ascending.

        The determinant is the alpha creators in ascending order, then the beta creators, on the vacuum.
        """
        self._angles.set(parameters)
        self._passes.prepare_state()
        return self._amplitudes(self._sector.work.state).copy()

    def apply_hamiltonian(self, state: NDArray[np.float64]) -> NDArray[np.float64]:
        """The electronic H|state>, hartree, for a state in the shape that `state` gives."""
        self._sector.work.state[:] = 0.0
        self._amplitudes(self._sector.work.state)[:] = state
        self._passes.apply_hamiltonian()
        return self._amplitudes(self._sector.work.adjoint).copy()

    def energy(self, parameters: NDArray[np.float64]) -> float:
        """Total energy, hartree, at `parameters`, radians, shape (num_parameters,)."""
        self._angles.set(parameters)
        return self._passes.energy() + self._sector.energy_offset

    def energy_and_gradient(self, parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Total energy, hartree, and its derivatives, hartree per radian, shape (num_parameters,).

        The adjoint method (Jones and Gacon, arXiv:2009.02823): state and H|state> go back through the circuit
        together, and each factor's derivative is read off on the way.
        """
        self._angles.set(parameters)
        gradient = np.zeros(self._num_parameters)
        return self._passes.energy_and_gradient(gradient) + self._sector.energy_offset, gradient

    def pool_gradient(
        self, parameters: NDArray[np.float64], excitations: Sequence[Excitation]
    ) -> tuple[float, NDArray[np.float64]]:
        """Total energy, hartree, and what each excitation of a pool would change, shape (len(excitations),).

        That is 2 <H psi|(T - T^+) psi>, hartree per radian: the derivative of a factor that is appended at angle zero
        (Grimsley et al., Nat. Commun. 10, 3007 (2019), eq. 5).
        """
        self._angles.set(parameters)
        gradient = np.zeros(len(excitations))
        energy = self._passes.energy_and_pool_gradient(self._sector.pool(excitations), gradient)
        return energy + self._sector.energy_offset, gradient

    def _amplitudes(self, memory: NDArray[np.float64]) -> NDArray[np.float64]:
        """The part of `memory` that is no padding."""
        tables = self._sector.hamiltonian
        return memory[: tables.alpha_strings, : tables.beta_strings]
