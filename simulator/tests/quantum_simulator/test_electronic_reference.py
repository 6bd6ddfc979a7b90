import numpy as np
import pytest
from tests.quantum_simulator.support_problems import METHYLENE, problem, random_problem, uccsd_of

from quantum_simulator.electronic import reference
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.reference import fci_reference
from quantum_simulator.sector.simulator import SectorSimulator


def _lowest_eigenvalue(simulator: SectorSimulator, shape: tuple[int, int]) -> float:
    size = shape[0] * shape[1]
    matrix = [simulator.apply_hamiltonian(vector.reshape(shape)).ravel() for vector in np.eye(size)]
    return float(np.linalg.eigvalsh(matrix)[0])


@pytest.mark.parametrize("size", [(4, 2, 2), (4, 3, 1), (3, 1, 0), (1, 1, 1)])
def test_it_is_the_lowest_eigenvalue(size: tuple[int, int, int]) -> None:
    given_problem = random_problem(*size, seed=3)
    ansatz = uccsd_of(given_problem)
    simulator = SectorSimulator(given_problem, ansatz)
    shape = simulator.state(np.zeros(ansatz.num_parameters)).shape
    expected = _lowest_eigenvalue(simulator, (shape[0], shape[1])) + given_problem.nuclear_repulsion_energy
    assert fci_reference(given_problem).energy == pytest.approx(expected, abs=1e-8)


def test_an_open_shell_lies_below_hartree_fock() -> None:
    given_problem = electronic_problem(METHYLENE, "sto3g")
    found = fci_reference(given_problem).energy
    assert found is not None
    assert -0.2 < found - given_problem.hf_energy < -0.01


def test_a_large_sector_has_a_reason_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "LARGEST_SECTOR", 3)
    found = fci_reference(problem("H2"))
    assert found.energy is None
    assert found.reason == "FCI has 4 determinants, more than 3"


def test_what_does_not_converge_has_a_reason_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "MAX_CYCLES", 1)
    found = fci_reference(problem("N2"))
    assert found.energy is None
    assert found.reason == "FCI did not converge in 1 cycles"
