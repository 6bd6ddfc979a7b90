"""TenCirChem-ng, as its users have it: spin-adapted UCCSD without the doubles whose MP2 amplitude is zero."""

import numpy as np
from tencirchem import UCCSD

from simulator.peer import Parameters, Peer, serve
from simulator.task import Task


class TenCirChem(Peer):
    circuit = "spin-adapted UCCSD"

    def __init__(self, task: Task) -> None:
        electrons = (task.num_alpha, task.num_beta)
        self._ansatz = UCCSD.from_integral(
            task.one_body,
            task.two_body,
            electrons,
            task.offset,
            engine="civector",
            run_ccsd=False,
            run_fci=False,
        )

    @property
    def start(self) -> Parameters:
        return np.asarray(self._ansatz.init_guess, dtype=float)

    def energy(self, parameters: Parameters) -> float:
        return float(self._ansatz.energy(parameters))

    def energy_and_gradient(self, parameters: Parameters) -> tuple[float, Parameters]:
        energy, gradient = self._ansatz.energy_and_grad(parameters)
        return float(energy), np.asarray(gradient, dtype=float)


if __name__ == "__main__":
    serve(TenCirChem, ["tencirchem-ng", "tensorcircuit-ng"])
