import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from tests.quantum_simulator.support_backends import backend_of
from tests.quantum_simulator.support_problems import dense_angles, problem, uccsd_of

from quantum_simulator.backends import BackendOptions, Estimate
from quantum_simulator.backends.aer_choice import aer_backend
from quantum_simulator.circuit.circuit import Angle, Circuit, Gate
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

REPEATS = 500


def _sampled(repeats: int, options: BackendOptions, name: str = "H2") -> list[Estimate]:
    ansatz = uccsd_of(problem(name))
    backend = backend_of("aer", problem(name), ansatz, options)
    return [backend.energy(dense_angles(ansatz)) for _ in range(repeats)]


def test_std_is_the_spread_of_repeated_runs_and_the_mean_is_exact() -> None:
    estimates = _sampled(REPEATS, BackendOptions(shots=200))
    energies = np.array([estimate.energy for estimate in estimates])
    std = np.mean([estimate.std for estimate in estimates])
    assert std == pytest.approx(energies.std(), rel=4 / np.sqrt(2 * REPEATS))
    ansatz = uccsd_of(problem("H2"))
    exact = backend_of("exact", problem("H2"), ansatz).energy(dense_angles(ansatz)).energy
    assert energies.mean() == pytest.approx(exact, abs=4 * std / np.sqrt(REPEATS))


def test_more_shots_make_a_smaller_error() -> None:
    few, many = (_sampled(1, BackendOptions(shots=shots))[0] for shots in (1_000, 100_000))
    assert many.std == pytest.approx(few.std / 10, rel=0.1)


def test_a_seed_fixes_the_whole_sequence_and_every_energy_is_drawn_anew() -> None:
    first, again = (_sampled(3, BackendOptions(shots=100, seed=5)) for _ in range(2))
    other = _sampled(3, BackendOptions(shots=100, seed=6))
    assert first == again
    assert first != other
    assert len({estimate.energy for estimate in first}) == 3


def test_outcomes_follow_the_law_of_aers_own_counts() -> None:
    """One qubit turned by a radian, read in X through an error of a tenth."""
    shots, error = 200_000, 0.1
    circuit = Circuit(1, 1, (Angle(0),), (Gate("ry", (0,), 0, 1.0),))
    options = BackendOptions(shots=shots, readout_error=error)
    ours = aer_backend(options, QubitHamiltonian(["X"], np.array([1.0])), 0.0, circuit).energy(np.ones(1))

    theirs = QuantumCircuit(1, 1)
    theirs.ry(1.0, 0)
    theirs.h(0)
    theirs.measure(0, 0)
    noise = NoiseModel()
    noise.add_all_qubit_readout_error([[1 - error, error], [error, 1 - error]])
    counts = AerSimulator(noise_model=noise, seed_simulator=1).run(theirs, shots=shots).result().get_counts()
    mean = (counts["0"] - counts["1"]) / shots
    assert ours.energy == pytest.approx(mean, abs=5 * np.sqrt(2) * ours.std)
    assert ours.energy == pytest.approx((1 - 2 * error) * np.sin(1.0), abs=5 * ours.std)


def test_twelve_qubits_are_sampled_within_their_error() -> None:
    ansatz = uccsd_of(problem("LiH"))
    (estimate,) = _sampled(1, BackendOptions(shots=1_000), "LiH")
    exact = backend_of("exact", problem("LiH"), ansatz).energy(dense_angles(ansatz)).energy
    assert 0 < estimate.std < 0.1
    assert estimate.energy == pytest.approx(exact, abs=5 * estimate.std)
