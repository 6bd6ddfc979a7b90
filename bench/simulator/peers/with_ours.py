"""This project's exact backend."""

import numpy as np

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz, Factor
from quantum_simulator.excitations import Excitation
from quantum_simulator.problem import ElectronicProblem
from quantum_simulator.sector.simulator import SectorSimulator
from simulator.peer import Parameters, Peer, serve
from simulator.task import Task


class Ours(Peer):
    def __init__(self, task: Task) -> None:
        self._start = task.start
        factors = tuple(Factor(Excitation(i, a), parameter) for parameter, (i, a) in enumerate(task.excitations))
        electrons = (task.num_alpha, task.num_beta)
        ansatz = ExcitationAnsatz("UCCSD", task.num_orbitals, *electrons, factors, len(factors))
        problem = ElectronicProblem(
            num_orbitals=task.num_orbitals,
            num_alpha=task.num_alpha,
            num_beta=task.num_beta,
            one_body=task.one_body,
            two_body=task.two_body,
            orbital_energies=np.zeros(task.num_orbitals),
            nuclear_repulsion_energy=task.offset,
            hf_energy=0.0,
        )
        self._simulator = SectorSimulator(problem, ansatz)

    @property
    def start(self) -> Parameters:
        return self._start

    def energy(self, parameters: Parameters) -> float:
        return self._simulator.energy(parameters)

    def energy_and_gradient(self, parameters: Parameters) -> tuple[float, Parameters]:
        return self._simulator.energy_and_gradient(parameters)


if __name__ == "__main__":
    serve(Ours, ["numba", "numpy"])
