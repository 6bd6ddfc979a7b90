"""ffsim: the exponential of the whole UCCSD operator, restricted and real, without Trotter steps."""

import ffsim
import numpy as np

from simulator.peer import Parameters, Peer, serve
from simulator.task import Task


class FFSim(Peer):
    circuit = "restricted UCCSD, not Trotterised"
    gradient = "differences"

    def __init__(self, task: Task) -> None:
        self._task = task
        self._norb, self._nelec = task.num_orbitals, (task.num_alpha, task.num_beta)
        hamiltonian = ffsim.MolecularHamiltonian(task.one_body, task.two_body, task.offset)
        self._hamiltonian = ffsim.linear_operator(hamiltonian, norb=self._norb, nelec=self._nelec)
        self._determinant = ffsim.hartree_fock_state(self._norb, self._nelec)

    @property
    def start(self) -> Parameters:
        """The task's amplitudes of opposite spins, which are the restricted ones."""
        nocc, nvrt = self._task.num_alpha, self._norb - self._task.num_alpha
        t2 = np.zeros((nocc, nocc, nvrt, nvrt))
        for (occupied, virtual), angle in zip(self._task.excitations, self._task.start, strict=True):
            if len(occupied) == 2 and occupied[0] < self._norb <= occupied[1]:
                i, j, a, b = (q % self._norb for q in occupied + virtual)
                t2[i, j, a - nocc, b - nocc] = angle
        return np.asarray(ffsim.UCCSDOpRestrictedReal(np.zeros((nocc, nvrt)), t2).to_parameters())

    def energy(self, parameters: Parameters) -> float:
        operator = ffsim.UCCSDOpRestrictedReal.from_parameters(parameters, norb=self._norb, nocc=self._task.num_alpha)
        state = ffsim.apply_unitary(self._determinant, operator, norb=self._norb, nelec=self._nelec)
        return float(np.vdot(state, self._hamiltonian @ state).real)


if __name__ == "__main__":
    serve(FFSim, ["ffsim", "pyscf"])
