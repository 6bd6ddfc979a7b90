"""TenCirChem-ng with the task's factors in the task's order, in place of its own ansatz."""

from tencirchem import UCC

from simulator.peer import Parameters, Peer, serve
from simulator.task import Task


class TenCirChemSame(Peer):
    def __init__(self, task: Task) -> None:
        self._task = task
        electrons = (task.num_alpha, task.num_beta)
        self._ansatz = UCC.from_integral(
            task.one_body,
            task.two_body,
            electrons,
            task.offset,
            engine="civector",
            init_method="zeros",
            run_mp2=False,
            run_ccsd=False,
            run_fci=False,
        )
        n = task.num_orbitals
        self._ansatz.ex_ops = [
            tuple((q + n) % (2 * n) for q in reversed(occupied + virtual)) for occupied, virtual in task.excitations
        ]  # creators of the virtual orbitals first; beta orbitals come before alpha ones

    @property
    def start(self) -> Parameters:
        return self._task.start

    def energy(self, parameters: Parameters) -> float:
        return float(self._ansatz.energy(-parameters))

    def energy_and_gradient(self, parameters: Parameters) -> tuple[float, Parameters]:
        energy, gradient = self._ansatz.energy_and_grad(-parameters)
        return float(energy), -gradient


if __name__ == "__main__":
    serve(TenCirChemSame, ["tencirchem-ng", "tensorcircuit-ng"])
