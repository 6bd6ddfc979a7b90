"""Aer, which knows gates and Pauli strings alone, judges the exact backend."""

import subprocess
import sys

import numpy as np
import pytest
from tests.quantum_simulator.support_backends import backend_of, gradient_backend_of
from tests.quantum_simulator.support_problems import METHYLENE, OH, SIX, dense_angles, problem, uccsd_of

from quantum_contracts.errors import UsageError
from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.backends import BackendOptions, GradientBackend, supports_gradient
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.optimisation.initial_point import mp2_point
from quantum_simulator.optimisation.optimizers import Optimizer
from quantum_simulator.optimisation.vqe import run_vqe

STEP = 1e-4  # radians


def _both(given_problem: ElectronicProblem, reps: int = 1) -> tuple[GradientBackend, GradientBackend]:
    ansatz = uccsd_of(given_problem, reps)
    return gradient_backend_of("exact", given_problem, ansatz), gradient_backend_of("aer", given_problem, ansatz)


def _slopes(exact: GradientBackend, angles: np.ndarray) -> np.ndarray:
    """Central differences of fourth order, of energies of the exact backend."""
    slopes = []
    for shift in 10 * STEP * np.eye(angles.size):
        near = exact.energy(angles + shift).energy - exact.energy(angles - shift).energy
        far = exact.energy(angles + 2 * shift).energy - exact.energy(angles - 2 * shift).energy
        slopes.append((8 * near - far) / (120 * STEP))
    return np.array(slopes)


@pytest.mark.parametrize("name", SIX)
def test_energies_and_gradients_agree_with_aer_at_dense_angles(name: str) -> None:
    exact, aer = _both(problem(name))
    angles = dense_angles(uccsd_of(problem(name)))
    estimate, gradient = exact.energy_and_gradient(angles)
    assert aer.energy(angles).energy == pytest.approx(estimate.energy, abs=1e-10)

    np.testing.assert_allclose(gradient, _slopes(exact, angles), rtol=0, atol=1e-7)
    direction = np.random.default_rng(1).normal(size=angles.size)  # the slope along it holds every component
    direction /= np.linalg.norm(direction)
    forth, back = (aer.energy(angles + sign * STEP * direction).energy for sign in (1, -1))
    assert (forth - back) / (2 * STEP) == pytest.approx(gradient @ direction, abs=1e-7)


@pytest.mark.parametrize(("molecule", "reps"), [(OH, 1), (METHYLENE, 1)])
def test_open_shells_agree_with_aer(molecule: MoleculeInfo, reps: int) -> None:
    given_problem = electronic_problem(molecule, "sto3g")
    exact, aer = _both(given_problem, reps)
    angles = dense_angles(uccsd_of(given_problem, reps))
    assert aer.energy(angles).energy == pytest.approx(exact.energy(angles).energy, abs=1e-10)


@pytest.mark.parametrize(("name", "reps"), [("H2", 3), ("LiH", 2)])
def test_repetitions_agree_with_aer(name: str, reps: int) -> None:
    exact, aer = _both(problem(name), reps)
    angles = dense_angles(uccsd_of(problem(name), reps))
    assert aer.energy(angles).energy == pytest.approx(exact.energy(angles).energy, abs=1e-10)


@pytest.mark.parametrize("name", ["H2", "HeH+"])
def test_aers_gradient_is_the_exact_one(name: str) -> None:
    exact, aer = _both(problem(name))
    angles = dense_angles(uccsd_of(problem(name)))
    estimate, gradient = aer.energy_and_gradient(angles)
    expected, exact_gradient = exact.energy_and_gradient(angles)
    assert estimate.energy == pytest.approx(expected.energy, abs=1e-10)
    assert estimate.std == expected.std == 0.0
    np.testing.assert_allclose(gradient, exact_gradient, rtol=0, atol=1e-10)


def test_vqe_ends_alike_on_both() -> None:
    given_problem = problem("H2")
    start = mp2_point(given_problem, uccsd_of(given_problem))
    exact, aer = (run_vqe(backend, start, Optimizer()) for backend in _both(given_problem))
    assert aer.energy == pytest.approx(exact.energy, abs=1e-8)
    assert len(aer.iterations) == aer.nfev < 15  # the differences inside a gradient are no iterations


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("exact", BackendOptions(), "exact_sector"),
        ("aer", BackendOptions(), "aer_simulator_statevector"),
        ("aer", BackendOptions(shots=10), "aer_simulator"),
        ("aer", BackendOptions(readout_error=0.1), "aer_simulator_density_matrix"),
        ("aer", BackendOptions(readout_error=0.1, shots=10), "aer_simulator"),
        ("ibm", BackendOptions(ibm_device="FakeManilaV2", shots=10), "fake_manila"),
    ],
)
def test_backends_are_made_by_name_and_tell_what_they_are(name: str, options: BackendOptions, expected: str) -> None:
    backend = backend_of(name, problem("H2"), uccsd_of(problem("H2")), options)
    assert backend.name == expected
    assert isinstance(backend, GradientBackend) == supports_gradient(name, options)


@pytest.mark.parametrize("name", ["exact", "aer"])
def test_energies_without_angles_are_those_of_hartree_fock(name: str) -> None:
    backend = backend_of(name, problem("H2"), uccsd_of(problem("H2")))
    assert backend.energy(np.zeros(3)).energy == pytest.approx(problem("H2").hf_energy, abs=1e-9)


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(UsageError, match="there is no backend 'exat'; did you mean exact"):
        backend_of("exat", problem("H2"), uccsd_of(problem("H2")))


def test_the_exact_way_needs_no_qiskit() -> None:
    whole_way = (
        "import sys\n"
        "from tests.quantum_simulator.support_problems import problem, uccsd_of\n"
        "from tests.quantum_simulator.support_backends import backend_of\n"
        "from quantum_simulator.circuit.excitation_gates import jordan_wigner_circuit\n"
        "from quantum_simulator.circuit.render import to_qasm3\n"
        "from quantum_simulator.optimisation.initial_point import mp2_point\n"
        "from quantum_simulator.optimisation.optimizers import Optimizer\n"
        "from quantum_simulator.optimisation.vqe import run_vqe\n"
        "p = problem('H2')\n"
        "ansatz = uccsd_of(p)\n"
        "to_qasm3(jordan_wigner_circuit(ansatz))\n"
        "run_vqe(backend_of('exact', p, ansatz), mp2_point(p, ansatz), Optimizer())\n"
        "print([name for name in sys.modules if name.startswith('qiskit')])\n"
    )
    told = subprocess.run([sys.executable, "-c", whole_way], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"
