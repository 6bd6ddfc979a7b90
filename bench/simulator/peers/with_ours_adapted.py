"""This project's exact backend on its spin-adapted, symmetry-filtered UCCSD, to compare with peers that do the same."""

from quantum_simulator.ansatz.sa_uccsd import sa_uccsd
from quantum_simulator.optimisation.initial_point import mp2_point
from simulator.peer import serve
from simulator.peers.with_ours import ExactBackend, problem_of
from simulator.task import Task


class OursAdapted(ExactBackend):
    circuit = "spin-adapted UCCSD"

    def __init__(self, task: Task) -> None:
        problem = problem_of(task)
        ansatz = sa_uccsd(problem)
        super().__init__(problem, ansatz, mp2_point(problem, ansatz))


if __name__ == "__main__":
    serve(OursAdapted, ["numba", "numpy"])
