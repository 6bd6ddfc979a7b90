"""Everything that is known of a VQE, as the contract's newest result."""

from dataclasses import dataclass
from datetime import UTC, datetime

from quantum_contracts.v2 import VQEDecoratedResult, VQEInitialData, VQEProcess, VQEResult
from quantum_simulator.choices import backend_options
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.molecules.molecule import Molecule
from quantum_simulator.optimisation.optimise import Optimised
from quantum_simulator.optimisation.vqe import Iteration
from quantum_simulator.preparation import openqasm, pauli_terms
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian
from quantum_simulator.settings import SimulatorSettings
from quantum_simulator.software import versions


@dataclass(frozen=True)
class Times:
    """Seconds of each stage, and of everything until now."""

    hamiltonian: float
    mapping: float
    vqe: float
    total: float


def decorate(
    run_id: str,
    molecule: Molecule,
    settings: SimulatorSettings,
    problem: ElectronicProblem,
    hamiltonian: QubitHamiltonian,
    ansatz_name: str,
    optimised: Optimised,
    reference_energy: float | None,
    times: Times,
) -> VQEDecoratedResult:
    """The decorated result; energies are total energies in hartree."""
    outcome, circuit = optimised.outcome, optimised.circuit
    initial_data = VQEInitialData(
        backend=optimised.backend,
        num_qubits=circuit.num_qubits,
        hamiltonian=pauli_terms(hamiltonian, problem.core_energy),
        num_parameters=circuit.num_parameters,
        initial_parameters=optimised.initial_parameters.tolist(),
        optimizer=settings.optimizer,
        ansatz=openqasm(circuit),
        ansatz_reps=settings.ansatz_reps,
        noise_backend=backend_options(settings).noise_backend,
        default_shots=settings.shots,
        seed=settings.seed,
        ansatz_name=ansatz_name,
        init_strategy=optimised.init_strategy,
        mapper=settings.mapper,
    )
    result = VQEResult(
        initial_data=initial_data,
        iteration_list=_history(outcome.iterations),
        minimum=outcome.energy,
        optimal_parameters=outcome.parameters.tolist(),
        maxcv=outcome.maxcv,
        minimization_time=outcome.seconds,
        success=outcome.success,
        nfev=outcome.nfev,
        nit=outcome.nit,
    )
    return VQEDecoratedResult(
        vqe_result=result,
        molecule=molecule.info,
        basis_set=settings.basis,
        hamiltonian_time=times.hamiltonian,
        mapping_time=times.mapping,
        vqe_time=times.vqe,
        total_time=times.total,
        molecule_id=molecule.molecule_id,
        run_id=run_id,
        nuclear_repulsion_energy=problem.nuclear_repulsion_energy,
        hf_energy=problem.hf_energy,
        reference_energy=reference_energy,
        created_at=datetime.now(UTC),
        software=versions(settings.backend),
    )


def _history(iterations: list[Iteration]) -> list[VQEProcess]:
    return [
        VQEProcess(
            iteration=number,
            parameters=iteration.parameters.tolist(),
            result=iteration.energy,
            std=iteration.std,
            elapsed=iteration.elapsed,
        )
        for number, iteration in enumerate(iterations, start=1)
    ]
