import io
from typing import Any

import numpy as np
import pytest
from pyscf import fci, gto, scf
from tests.quantum_simulator.support_energies import energy_of_the_circuit

from quantum_contracts.container import read_container, write_container
from quantum_contracts.conversion import to_version
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_simulator.commands import Simulate
from quantum_simulator.electronic import reference
from quantum_simulator.experiment import compute
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.progress import Progress
from quantum_simulator.software import own_version

TIMES_AND_IDS = {
    "run_id": None,
    "created_at": None,
    "hamiltonian_time": 0,
    "mapping_time": 0,
    "vqe_time": 0,
    "total_time": 0,
}


class Record(Progress):
    def __init__(self) -> None:
        self.stages: list[str] = []
        self.iterations: list[tuple[int, float]] = []
        self.notes: list[str] = []

    def stage(self, molecule: str, stage: str) -> None:
        self.stages.append(f"{molecule}: {stage}")

    def iteration(self, number: int, energy: float) -> None:
        self.iterations.append((number, energy))

    def note(self, message: str) -> None:
        self.notes.append(message)


def without_times(result: VQEDecoratedResult) -> dict[str, Any]:
    fields = result.model_dump() | TIMES_AND_IDS
    fields["vqe_result"]["minimization_time"] = 0
    for step in fields["vqe_result"]["iteration_list"]:
        step["elapsed"] = 0
    return fields


@pytest.mark.parametrize("backend", ["exact", "aer"])
@pytest.mark.parametrize("name", ["H2", "HeH+"])
def test_a_result_reproduces_its_energies_and_meets_fci(name: str, backend: str) -> None:
    result = compute(built_in(name), Simulate(backend=backend)).result
    vqe, info = result.vqe_result, result.molecule
    mole = gto.M(atom=list(zip(info.symbols, info.coords, strict=True)), basis="sto3g", charge=info.charge, verbose=0)
    mean_field = scf.RHF(mole).run()
    exact = fci.FCI(mean_field).kernel()[0]
    assert result.hf_energy == pytest.approx(mean_field.e_tot, abs=1e-8)
    assert result.reference_energy == pytest.approx(exact, abs=1e-8)
    assert vqe.minimum == pytest.approx(exact, abs=1e-6)
    assert vqe.minimum >= exact - 1e-9
    assert energy_of_the_circuit(result, vqe.optimal_parameters) == pytest.approx(vqe.minimum, abs=1e-9)
    first = vqe.iteration_list[0]
    assert energy_of_the_circuit(result, first.parameters) == pytest.approx(first.result, abs=1e-9)
    assert first.parameters == vqe.initial_data.initial_parameters
    assert vqe.minimum == min(step.result for step in vqe.iteration_list)


def test_a_result_tells_how_it_was_made() -> None:
    settings = Simulate(seed=7, init_strategy="random", ansatz_reps=2, optimizer="COBYLA", max_iterations=10)
    result = compute(built_in("H2"), settings, run_id="given").result
    data = result.vqe_result.initial_data
    assert (result.run_id, result.basis_set, result.molecule_id) == ("given", "sto3g", built_in("H2").molecule_id)
    assert (data.backend, data.num_qubits, data.num_parameters) == ("exact_sector", 4, 6)
    assert (data.optimizer, data.ansatz_name, data.ansatz_reps) == ("COBYLA", "UCCSD", 2)
    assert (data.seed, data.init_strategy, data.mapper) == (7, "random", "jordan_wigner")
    assert (data.noise_backend, data.default_shots) == ("none", 0)
    assert data.ansatz.startswith("OPENQASM 3")
    assert result.software["quantum-simulator"] == own_version()
    assert {"python", "numpy", "scipy", "pyscf", "numba"} <= result.software.keys()
    assert result.created_at is not None
    assert result.created_at.utcoffset() is not None


def test_every_iteration_is_kept_and_told() -> None:
    record = Record()
    result = compute(built_in("HeH+"), Simulate(), record).result
    steps = result.vqe_result.iteration_list
    assert [step.iteration for step in steps] == list(range(1, len(steps) + 1))
    assert [(step.iteration, step.result) for step in steps] == record.iterations
    assert all(step.std == 0 for step in steps)
    elapsed = [step.elapsed or 0.0 for step in steps]
    assert elapsed == sorted(elapsed)
    assert elapsed[-1] <= result.vqe_result.minimization_time <= result.vqe_time <= result.total_time
    assert result.hamiltonian_time + result.mapping_time + result.vqe_time <= result.total_time
    assert record.stages[0] == "HeH+: Hartree-Fock in sto3g"
    assert record.stages[-1] == "HeH+: reference energy"
    assert record.notes == []


def test_runs_have_ids_of_their_own_and_otherwise_the_same_bits() -> None:
    settings = Simulate(init_strategy="random", seed=3)
    one, other = (compute(built_in("H2"), settings).result for _ in range(2))
    assert one.run_id != other.run_id
    assert without_times(one) == without_times(other)
    another_seed = compute(built_in("H2"), Simulate(init_strategy="random", seed=4)).result
    assert another_seed.vqe_result.initial_data.initial_parameters != one.vqe_result.initial_data.initial_parameters


def test_an_open_shell_is_computed() -> None:
    result = compute(built_in("BeH"), Simulate()).result
    assert result.molecule.multiplicity == 2
    assert result.reference_energy is not None
    assert abs(result.vqe_result.minimum - result.reference_energy) < 1.6e-3


def test_an_atom_without_parameters_is_its_hartree_fock_energy() -> None:
    result = compute(built_in("H"), Simulate()).result
    assert result.vqe_result.initial_data.num_parameters == 0
    assert result.vqe_result.minimum == pytest.approx(-0.46658185, abs=1e-7)
    assert len(result.vqe_result.iteration_list) == 1


def test_it_says_why_there_is_no_reference_and_when_the_optimiser_gave_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "LARGEST_SECTOR", 3)
    record = Record()
    settings = Simulate(init_strategy="hf", max_iterations=1, basis="sto6g")  # one that nothing has been kept of
    result = compute(built_in("H2"), settings, record).result
    assert result.reference_energy is None
    assert result.vqe_result.success is False
    stopped, no_reference = record.notes
    assert stopped.startswith("H2: the optimiser stopped early: ")
    assert no_reference.startswith("H2: no reference energy: FCI has 4 determinants")


def test_what_a_geometry_has_in_common_is_prepared_once() -> None:
    first = compute(built_in("BeH2"), Simulate(basis="sto6g")).result
    again = compute(built_in("BeH2"), Simulate(basis="sto6g", optimizer="SLSQP")).result
    assert again.hamiltonian_time + again.mapping_time < 0.1 * (first.hamiltonian_time + first.mapping_time)
    assert again.vqe_result.initial_data.hamiltonian == first.vqe_result.initial_data.hamiltonian
    assert again.reference_energy == first.reference_energy
    other = compute(built_in("BeH2"), Simulate(basis="sto6g", frozen_core=True)).result
    assert other.vqe_result.initial_data.num_qubits == first.vqe_result.initial_data.num_qubits - 2


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_result_survives_its_container(version: str) -> None:
    result = compute(built_in("HeH+"), Simulate()).result
    file = io.BytesIO()
    write_container(file, [to_version(result, version)])
    file.seek(0)
    (experiment,) = read_container(file)
    assert np.array_equal(
        [step.result for step in experiment.result.vqe_result.iteration_list],
        [step.result for step in result.vqe_result.iteration_list],
    )
    assert (experiment.result == result) == (version == "v2")
