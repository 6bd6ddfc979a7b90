"""This project's exact backend on its spin-adapted, symmetry-filtered UCCSD, to compare with peers that do the same."""

from quantum_simulator.ansatz.sa_uccsd import sa_uccsd
from simulator.peer import serve
from simulator.peers.with_ours import ExactBackend, problem_of
from simulator.task import Task


class OursAdapted(ExactBackend):
    circuit = "spin-adapted UCCSD"

    def __init__(self, task: Task) -> None:
        problem = problem_of(task)
        super().__init__(problem, sa_uccsd(problem))


if __name__ == "__main__":
    serve(OursAdapted, ["numba", "numpy"])
