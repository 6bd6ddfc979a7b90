"""This project's exact backend on UCCSD, whose factors are those of the task."""

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.sector.simulator import SectorSimulator
from simulator.peer import Parameters, Peer, serve
from simulator.task import Task


class ExactBackend(Peer):
    """Simulates an ansatz of the task's integrals; the subclass says which."""

    def __init__(self, problem: ElectronicProblem, ansatz: ExcitationAnsatz, start: Parameters) -> None:
        self._start = start
        self._simulator = SectorSimulator(problem, ansatz)

    @property
    def start(self) -> Parameters:
        return self._start

    def energy(self, parameters: Parameters) -> float:
        return self._simulator.energy(parameters)

    def energy_and_gradient(self, parameters: Parameters) -> tuple[float, Parameters]:
        return self._simulator.energy_and_gradient(parameters)


class Ours(ExactBackend):
    def __init__(self, task: Task) -> None:
        super().__init__(problem_of(task), uccsd(task.num_orbitals, task.num_alpha, task.num_beta), task.start)


def problem_of(task: Task) -> ElectronicProblem:
    """The task's integrals as the problem that they are of."""
    return ElectronicProblem(
        num_orbitals=task.num_orbitals,
        num_alpha=task.num_alpha,
        num_beta=task.num_beta,
        one_body=task.one_body,
        two_body=task.two_body,
        orbital_energies=task.orbital_energies,
        nuclear_repulsion_energy=task.offset,
        hf_energy=task.hf_energy,
    )


if __name__ == "__main__":
    serve(Ours, ["numba", "numpy"])
