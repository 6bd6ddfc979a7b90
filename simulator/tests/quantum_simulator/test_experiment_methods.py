"""Every method that settings offer, through the whole recipe, judged by what the result itself carries and by FCI."""

from typing import Any

import pytest
from tests.quantum_simulator.support_energies import energy_of_the_circuit

from quantum_contracts.v2 import VQEDecoratedResult
from quantum_simulator.ansatz.hardware_efficient import HARDWARE_EFFICIENT
from quantum_simulator.commands import Simulate
from quantum_simulator.experiment import compute
from quantum_simulator.molecules.catalogue import built_in

CHEMICAL_ACCURACY = 1.6e-3  # hartree


def result_of(name: str, **settings: Any) -> VQEDecoratedResult:
    return compute(built_in(name), Simulate(**settings)).result


def error(result: VQEDecoratedResult) -> float:
    """Hartree above FCI in the same space."""
    assert result.reference_energy is not None
    return result.vqe_result.minimum - result.reference_energy


@pytest.mark.parametrize("mapper", ["jordan_wigner", "parity", "bravyi_kitaev", "tapered"])
@pytest.mark.parametrize("ansatz", ["uccsd", "sa-uccsd", "k-upccgsd", "adapt", "efficient-su2", "real-amplitudes"])
def test_every_ansatz_under_every_mapper_reproduces_its_energies(ansatz: str, mapper: str) -> None:
    if mapper == "tapered" and ansatz in ("uccsd", "k-upccgsd"):
        ansatz = "sa-uccsd"
    layers = 3 if ansatz in HARDWARE_EFFICIENT else 1
    result = result_of("H2", ansatz=ansatz, ansatz_reps=layers, mapper=mapper, seed=1)
    vqe = result.vqe_result
    assert -1e-9 < error(result) < CHEMICAL_ACCURACY
    assert vqe.initial_data.mapper == mapper
    for step in (vqe.iteration_list[0], vqe.iteration_list[-1]):
        assert energy_of_the_circuit(result, step.parameters) == pytest.approx(step.result, abs=1e-9)
    assert energy_of_the_circuit(result, vqe.optimal_parameters) == pytest.approx(vqe.minimum, abs=1e-9)


def test_excitation_preserving_keeps_the_electrons() -> None:
    result = result_of("H2", ansatz="excitation-preserving", ansatz_reps=3, seed=2)
    assert -1e-9 < error(result) < CHEMICAL_ACCURACY
    vqe = result.vqe_result
    assert energy_of_the_circuit(result, vqe.optimal_parameters) == pytest.approx(vqe.minimum, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "settings", "ansatz_name", "num_qubits"),
    [
        ("LiH", {"frozen_core": True}, "UCCSD CAS(2e,5o)", 10),
        ("LiH", {"active_electrons": 2, "active_orbitals": 3, "mapper": "parity"}, "UCCSD CAS(2e,3o)", 4),
        ("BeH", {"active_electrons": 3, "active_orbitals": 4, "ansatz": "sa-uccsd"}, "SA-UCCSD CAS(3e,4o)", 8),
    ],
)
def test_an_active_space_is_told_and_its_energy_is_a_total_one(
    name: str, settings: dict[str, Any], ansatz_name: str, num_qubits: int
) -> None:
    result = result_of(name, **settings)
    data = result.vqe_result.initial_data
    assert (data.ansatz_name, data.num_qubits) == (ansatz_name, num_qubits)
    assert -1e-9 < error(result) < CHEMICAL_ACCURACY
    best = result.vqe_result.optimal_parameters
    assert energy_of_the_circuit(result, best) == pytest.approx(result.vqe_result.minimum, abs=1e-9)


@pytest.mark.parametrize("ansatz", ["uccsd", "k-upccgsd", "efficient-su2"])
def test_aer_gives_what_the_exact_backend_gives(ansatz: str) -> None:
    exact, aer = (result_of("H2", ansatz=ansatz, seed=3, backend=name).vqe_result for name in ("exact", "aer"))
    assert aer.initial_data.initial_parameters == exact.initial_data.initial_parameters
    assert aer.iteration_list[0].result == pytest.approx(exact.iteration_list[0].result, abs=1e-10)
    assert aer.minimum == pytest.approx(exact.minimum, abs=1e-6)


def test_shots_are_sampled_and_told() -> None:
    sampled = result_of("H2", backend="aer", shots=2000, optimizer="SPSA", max_iterations=20, mapper="parity")
    vqe = sampled.vqe_result
    assert vqe.initial_data.default_shots == 2000
    assert all(0 < step.std < 0.1 for step in vqe.iteration_list)
    assert abs(error(sampled)) < 0.05


def test_noise_makes_it_worse_and_is_told() -> None:
    ideal = result_of("H2", backend="aer")
    noisy = result_of("H2", backend="aer", depolarizing_2q=0.02)
    assert noisy.vqe_result.initial_data.noise_backend == "depolarizing_2q=0.02"
    assert noisy.vqe_result.minimum > ideal.vqe_result.minimum + 1e-3


def test_a_fake_device_of_ibm_is_asked() -> None:
    result = result_of(
        "H2",
        backend="ibm",
        ibm_device="FakeManilaV2",
        shots=1000,
        optimizer="SPSA",
        max_iterations=2,
        mapper="tapered",
        ansatz="sa-uccsd",
    )
    assert "manila" in result.vqe_result.initial_data.noise_backend.lower()
    assert abs(error(result)) < 0.2
    assert "qiskit-ibm-runtime" in result.software
