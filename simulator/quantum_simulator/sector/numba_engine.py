"""The passes compiled by numba, for machines without a C compiler."""

import time
from typing import Any

import numpy as np

from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.sector.angles import Angles
from quantum_simulator.sector.hamiltonian import Hamiltonian, build_hamiltonian
from quantum_simulator.sector.layout import Doubles
from quantum_simulator.sector.numba_circuit import add_overlaps, prepare_state, undo_circuit
from quantum_simulator.sector.numba_hamiltonian import apply_hamiltonian
from quantum_simulator.sector.program import Program, TransitionTables, build_program
from quantum_simulator.sector.strings import occupation_strings
from quantum_simulator.sector.workspace import Workspace, build_workspace


class NumbaEngine:
    """See `Engine`."""

    name = "numba"

    def passes(self, hamiltonian: Hamiltonian, program: Program, work: Workspace, angles: Angles) -> "NumbaPasses":
        """The passes over these tables."""
        return NumbaPasses(hamiltonian, program, work, angles)


class NumbaPasses:
    """See `Passes`."""

    def __init__(self, hamiltonian: Hamiltonian, program: Program, work: Workspace, angles: Angles) -> None:
        self._hamiltonian, self._program, self._work, self._angles = hamiltonian, program, work, angles

    def prepare_state(self) -> None:
        """Write the circuit's state."""
        prepare_state(self._program, self._work, self._angles.cosine, self._angles.sine)

    def apply_hamiltonian(self) -> float:
        """Write H state to the adjoint; return <state|H|state>."""
        return apply_hamiltonian(self._hamiltonian, self._work)

    def energy(self) -> float:
        """Of the circuit's state."""
        self.prepare_state()
        return self.apply_hamiltonian()

    def energy_and_gradient(self, gradient: Doubles) -> float:
        """Add the derivatives to `gradient`; return the energy."""
        energy = self.energy()
        undo_circuit(self._program, self._work, self._angles.cosine, self._angles.sine, gradient)
        return energy

    def energy_and_pool_gradient(self, pool: Program, gradient: Doubles) -> float:
        """Add the derivatives of the factors of `pool`, appended at zero, to `gradient`; return the energy."""
        energy = self.energy()
        add_overlaps(pool, self._work, gradient)
        return energy


def load_numba() -> tuple[NumbaEngine, float]:
    """The engine, its kernels ready; and the seconds that compiling took, 0 where an earlier process did it."""
    before, start = _times_compiled(), time.perf_counter()
    engine = NumbaEngine()
    orbital = ElectronicProblem(1, 1, 1, np.eye(1), np.ones((1, 1, 1, 1)), np.ones(1), 0.0, 0.0)
    strings = occupation_strings(1, 1)
    program = build_program(1, (), TransitionTables(strings, strings))
    passes = engine.passes(build_hamiltonian(orbital), program, build_workspace(1, 1), Angles(program, 0))
    passes.energy_and_gradient(np.zeros(0))
    passes.energy_and_pool_gradient(program, np.zeros(0))
    return engine, time.perf_counter() - start if _times_compiled() > before else 0.0


def _times_compiled() -> int:
    """How often this process had to compile one of the passes."""
    passes: tuple[Any, ...] = (prepare_state, apply_hamiltonian, undo_circuit, add_overlaps)
    return sum(sum(compiled.stats.cache_misses.values()) for compiled in passes)
