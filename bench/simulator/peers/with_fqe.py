"""OpenFermion-FQE: each factor by exact time evolution under its generator.

FQE has no gradients. It evolves by one excitation exactly and applies operators, which is all that the adjoint method
needs, so that is written here on top of it.
"""

import fqe
import numpy as np
from openfermion import FermionOperator

from simulator.peer import Parameters, Peer, serve
from simulator.task import Task


class FQE(Peer):
    def __init__(self, task: Task) -> None:
        self._task = task
        exchanged = -0.5 * task.two_body.transpose(0, 2, 1, 3)  # of a+_p a+_r a_q a_s, as FQE orders them
        self._hamiltonian = fqe.get_restricted_hamiltonian((task.one_body, exchanged), e_0=task.offset)
        electrons, twice_sz = task.num_alpha + task.num_beta, task.num_alpha - task.num_beta
        self._determinant = fqe.Wavefunction([[electrons, twice_sz, task.num_orbitals]])
        self._determinant.set_wfn(strategy="hartree-fock")
        self._generators = [
            fqe.get_sparse_hamiltonian(_generator(task.num_orbitals, *excitation)) for excitation in task.excitations
        ]

    @property
    def start(self) -> Parameters:
        return self._task.start

    def energy(self, parameters: Parameters) -> float:
        state = self._state(parameters)
        return float(fqe.vdot(state, state.apply(self._hamiltonian)).real)

    def energy_and_gradient(self, parameters: Parameters) -> tuple[float, Parameters]:
        state = self._state(parameters)
        adjoint = state.apply(self._hamiltonian)
        energy = float(fqe.vdot(state, adjoint).real)
        gradient = np.empty(len(parameters))
        for number in reversed(range(len(parameters))):
            generator, angle = self._generators[number], float(parameters[number])
            gradient[number] = 2.0 * fqe.vdot(adjoint, state.apply(generator)).imag
            state = state.time_evolve(-angle, generator)
            adjoint = adjoint.time_evolve(-angle, generator)
        return energy, gradient

    def _state(self, parameters: Parameters) -> fqe.Wavefunction:
        state = self._determinant
        for angle, generator in zip(parameters.tolist(), self._generators, strict=True):
            state = state.time_evolve(angle, generator)
        return state


def _generator(num_orbitals: int, occupied: tuple[int, ...], virtual: tuple[int, ...]) -> FermionOperator:
    """i (T - T^+), whose evolution over the time theta is exp(theta (T - T^+)); alpha and beta orbitals alternate."""
    creators, annihilators = (
        [(2 * (q % num_orbitals) + q // num_orbitals, dagger) for q in orbitals]
        for orbitals, dagger in ((occupied, 1), (virtual, 0))
    )
    forth = FermionOperator(tuple(creators + annihilators), 1.0j)
    back = FermionOperator(tuple((q, 1 - dagger) for q, dagger in reversed(creators + annihilators)), -1.0j)
    return forth + back


if __name__ == "__main__":
    serve(FQE, ["fqe", "openfermion"])
