import numpy as np
import pytest
from qiskit import transpile
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from tests.quantum_simulator.support_backends import backend_of, gradient_backend_of
from tests.quantum_simulator.support_problems import dense_angles, problem, uccsd_of

from quantum_simulator.backends import BackendOptions
from quantum_simulator.backends.aer_choice import aer_backend
from quantum_simulator.backends.fake_devices import fake_device
from quantum_simulator.backends.noise import on_device
from quantum_simulator.backends.staged import with_readout
from quantum_simulator.circuit.circuit import Angle, Circuit, Gate
from quantum_simulator.circuit.excitation_gates import jordan_wigner_circuit
from quantum_simulator.circuit.render import to_qiskit
from quantum_simulator.optimisation.initial_point import mp2_point
from quantum_simulator.qubits.jordan_wigner import jordan_wigner
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

Z = QubitHamiltonian(["Z"], np.array([1.0]))
FLIP = Circuit(1, 0, (), (Gate("x", (0,)),))
NOISY = [
    BackendOptions(noise="FakeManilaV2"),
    BackendOptions(noise="FakeTorino"),
    BackendOptions(noise="FakeLondonV2"),
    BackendOptions(depolarizing_1q=1e-3, depolarizing_2q=1e-2),
    BackendOptions(readout_error=0.03),
]


def _energy(options: BackendOptions) -> float:
    given_problem = problem("H2")
    ansatz = uccsd_of(given_problem)
    return backend_of("aer", given_problem, ansatz, options).energy(mp2_point(given_problem, ansatz)).energy


@pytest.mark.parametrize("options", NOISY, ids=lambda options: options.noise_backend)
def test_noise_makes_energies_worse(options: BackendOptions) -> None:
    assert _energy(options) > _energy(BackendOptions()) + 1e-3


def test_more_noise_makes_them_worse_still() -> None:
    energies = [_energy(BackendOptions(depolarizing_2q=p)) for p in (0.001, 0.01, 0.1)]
    assert energies == sorted(energies)


def test_full_depolarisation_gives_the_maximally_mixed_energy() -> None:
    """Tr(H) / 2^n: of Pauli strings only the identity has a trace (Nielsen and Chuang, section 8.3.4)."""
    hamiltonian = jordan_wigner(problem("H2"))
    mixed = hamiltonian.coefficients[hamiltonian.labels.index("IIII")] + problem("H2").energy_offset
    assert _energy(BackendOptions(depolarizing_1q=1.0, depolarizing_2q=1.0)) == pytest.approx(mixed, abs=1e-12)


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 1.0])
def test_one_depolarised_flip_shrinks_the_polarisation(p: float) -> None:
    told = aer_backend(BackendOptions(depolarizing_1q=p), Z, 0.0, FLIP).energy(np.zeros(0))
    assert told.energy == pytest.approx(-(1 - p), abs=1e-12)


def test_a_readout_error_shrinks_each_z_of_a_string() -> None:
    options, flips = BackendOptions(readout_error=0.1), Circuit(2, 0, (), (Gate("x", (0,)),))
    hamiltonian = QubitHamiltonian(["IZ", "ZI", "ZZ", "II"], np.array([1.0, 10.0, 100.0, 1000.0]))
    told = aer_backend(options, hamiltonian, 0.0, flips).energy(np.zeros(0))
    assert told.energy == pytest.approx(-0.8 + 8.0 - 64.0 + 1000.0, abs=1e-9)


def test_unequal_readout_errors_mix_outcomes_qubit_by_qubit() -> None:
    confusion = np.array([[[0.9, 0.3], [0.1, 0.7]], [[1.0, 0.2], [0.0, 0.8]]])
    read = with_readout(np.array([0.0, 0.0, 0.0, 1.0]), confusion)  # both qubits are 1
    np.testing.assert_allclose(read, [0.3 * 0.2, 0.7 * 0.2, 0.3 * 0.8, 0.7 * 0.8])


@pytest.mark.parametrize("name", ["FakeManilaV2", "FakeLondonV2"])
def test_the_few_qubits_that_are_used_are_as_noisy_as_the_whole_device(name: str) -> None:
    """Aer's own model of the whole device, of a string of Z, without the readout."""
    ansatz = uccsd_of(problem("H2"))
    circuit = to_qiskit(jordan_wigner_circuit(ansatz)).assign_parameters(dense_angles(ansatz))
    device = fake_device(name)
    whole = transpile(circuit, device, optimization_level=1, seed_transpiler=0)
    observable = SparsePauliOp("ZIZZ").apply_layout(whole.layout)
    used = sorted(set(whole.layout.final_index_layout()))
    letters = [observable.paulis[0].to_label()[::-1][qubit] for qubit in used]
    whole.save_expectation_value(SparsePauliOp("".join(reversed(letters))), used)
    simulator = AerSimulator.from_backend(device, method="density_matrix")
    expected = simulator.run(whole).result().data(0)["expectation_value"]

    compact = on_device(circuit, device, BackendOptions())
    placed = SparsePauliOp.from_sparse_list(
        [("ZZZ", [compact.qubits[qubit] for qubit in (0, 1, 3)], 1.0)], compact.circuit.num_qubits
    )
    compact.circuit.save_expectation_value(placed, range(compact.circuit.num_qubits))
    ours = AerSimulator(method="density_matrix", noise_model=compact.noise).run(compact.circuit).result()
    assert ours.data(0)["expectation_value"] == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("options", [NOISY[0], NOISY[3]], ids=lambda options: options.noise_backend)
def test_shots_with_noise_scatter_around_the_exact_noisy_energy(options: BackendOptions) -> None:
    ansatz, angles = uccsd_of(problem("H2")), dense_angles(uccsd_of(problem("H2")))
    exact = backend_of("aer", problem("H2"), ansatz, options).energy(angles)
    options = BackendOptions(**(vars(options) | {"shots": 100_000}))
    sampled = backend_of("aer", problem("H2"), ansatz, options).energy(angles)
    assert exact.std == 0.0 < sampled.std
    assert sampled.energy == pytest.approx(exact.energy, abs=4 * sampled.std)


@pytest.mark.parametrize("options", [NOISY[3], BackendOptions(noise="FakeLondonV2", optimization_level=3)])
def test_noisy_gradients_are_those_of_differences(options: BackendOptions) -> None:
    circuit = Circuit(
        2,
        2,
        (Angle(0), Angle(1), Angle(0, -0.5)),
        (
            Gate("ry", (0,), 0, 2.0),
            Gate("cx", (0, 1)),
            Gate("ry", (0,), 0, -1.0),
            Gate("rxx", (0, 1), 1, 1.0),
            Gate("ryy", (0, 1), 1, 1.0),
            Gate("rz", (1,), 2, 1.0),
            Gate("rx", (1,), 2, 1.0),
        ),
    )
    hamiltonian = QubitHamiltonian(["ZI", "XX", "YZ"], np.array([0.3, -0.7, 0.2]))
    backend = aer_backend(options, hamiltonian, 0.0, circuit)
    parameters, step = np.array([0.4, -1.1]), 1e-4
    _, gradient = backend.energy_and_gradient(parameters)  # type: ignore[attr-defined]
    expected = [
        (backend.energy(parameters + shift).energy - backend.energy(parameters - shift).energy) / (2 * step)
        for shift in step * np.eye(2)
    ]
    np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-7)


def test_optimisation_levels_change_the_circuit_but_not_what_it_computes() -> None:
    ansatz = uccsd_of(problem("H2"))
    angles = dense_angles(ansatz)
    tiny = BackendOptions(depolarizing_1q=1e-15, optimization_level=0)
    exact = gradient_backend_of("exact", problem("H2"), ansatz).energy(angles).energy
    for level in range(4):
        options = BackendOptions(**(vars(tiny) | {"optimization_level": level}))
        assert backend_of("aer", problem("H2"), ansatz, options).energy(angles).energy == pytest.approx(exact, abs=1e-9)
