"""The recipe: one molecule, from its geometry to the decorated result of its VQE."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar
from uuid import uuid4

from quantum_contracts.v2 import (
    ComplexNumber,
    HamiltonianTerm,
    VQEDecoratedResult,
    VQEInitialData,
    VQEProcess,
    VQEResult,
)
from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.backends import BackendOptions, create_backend
from quantum_simulator.circuit.excitation_gates import jordan_wigner_circuit
from quantum_simulator.circuit.render import to_qasm3
from quantum_simulator.initial_point import initial_point
from quantum_simulator.jordan_wigner import QubitHamiltonian, jordan_wigner
from quantum_simulator.mean_field import electronic_problem
from quantum_simulator.molecule import Molecule
from quantum_simulator.optimizers import Optimizer
from quantum_simulator.progress import Progress
from quantum_simulator.reference import fci_reference
from quantum_simulator.settings import SimulatorSettings
from quantum_simulator.size import check_size
from quantum_simulator.software import versions
from quantum_simulator.vqe import Iteration, run_vqe

ANSATZE = {"uccsd": uccsd}
NO_NOISE = "none"
NO_SHOTS = 0  # both backends evaluate expectation values without sampling

P = ParamSpec("P")
T = TypeVar("T")


def compute(
    molecule: Molecule,
    settings: SimulatorSettings,
    progress: Progress | None = None,
    run_id: str | None = None,
) -> VQEDecoratedResult:
    """Run the VQE of `molecule` as `settings` say, and tell `progress` on the way.

    Energies are total energies in hartree, times are in seconds. `hamiltonian_time` is Hartree-Fock and the integrals,
    `mapping_time` the qubit operator, `vqe_time` the optimisation, of which `minimization_time` is the optimiser's;
    `total_time` is everything, circuit, start of the backend and reference energy included. Without a `run_id` the
    run gets a new one.

    Raises:
        UsageError: the molecule is too large for the memory, its geometry or the basis cannot be.
        QuantumPipelineError: Hartree-Fock or FCI does not converge.
    """
    progress = progress or Progress()
    start = time.perf_counter()

    size = check_size(molecule.info, settings.basis, settings.backend)
    progress.stage(molecule.name, f"Hartree-Fock in {settings.basis}")
    problem, hamiltonian_time = _timed(electronic_problem, molecule.info, settings.basis)

    progress.stage(molecule.name, f"mapping to {size.num_qubits} qubits")
    hamiltonian, mapping_time = _timed(jordan_wigner, problem)

    ansatz = ANSATZE[settings.ansatz](
        problem.num_orbitals, problem.num_alpha, problem.num_beta, reps=settings.ansatz_reps
    )
    progress.stage(molecule.name, f"circuit of {ansatz.num_parameters} parameters")
    circuit = to_qasm3(jordan_wigner_circuit(ansatz))

    progress.stage(molecule.name, f"preparing backend {settings.backend}")
    options = BackendOptions(seed=settings.seed)
    backend = create_backend(settings.backend, options, problem, hamiltonian, ansatz, jordan_wigner_circuit(ansatz))
    first_parameters = initial_point(settings.init_strategy or "mp2", problem, ansatz, settings.seed)
    optimizer = Optimizer(settings.optimizer, settings.max_iterations, settings.tolerance)

    progress.stage(molecule.name, f"VQE by {settings.optimizer}")
    outcome, vqe_time = _timed(run_vqe, backend, first_parameters, optimizer, on_iteration=_numbered(progress))
    if not outcome.success:
        progress.note(f"{molecule.name}: the optimiser stopped early: {outcome.message}")

    progress.stage(molecule.name, "reference energy")
    reference = fci_reference(problem)
    if reference.reason is not None:
        progress.note(f"{molecule.name}: no reference energy: {reference.reason}")

    initial_data = VQEInitialData(
        backend=backend.name,
        num_qubits=problem.num_qubits,
        hamiltonian=_terms(hamiltonian),
        num_parameters=ansatz.num_parameters,
        initial_parameters=first_parameters.tolist(),
        optimizer=settings.optimizer,
        ansatz=circuit,
        ansatz_reps=settings.ansatz_reps,
        noise_backend=NO_NOISE,
        default_shots=NO_SHOTS,
        seed=settings.seed,
        ansatz_name=settings.ansatz.upper(),
        init_strategy=settings.init_strategy or "mp2",
        mapper="jordan_wigner",
    )
    result = VQEResult(
        initial_data=initial_data,
        iteration_list=_history(outcome.iterations),
        minimum=outcome.energy,
        optimal_parameters=outcome.parameters.tolist(),
        minimization_time=outcome.seconds,
        success=outcome.success,
        nfev=outcome.nfev,
        nit=outcome.nit,
    )
    return VQEDecoratedResult(
        vqe_result=result,
        molecule=molecule.info,
        basis_set=settings.basis,
        hamiltonian_time=hamiltonian_time,
        mapping_time=mapping_time,
        vqe_time=vqe_time,
        total_time=time.perf_counter() - start,
        molecule_id=molecule.molecule_id,
        run_id=run_id or str(uuid4()),
        nuclear_repulsion_energy=problem.nuclear_repulsion_energy,
        hf_energy=problem.hf_energy,
        reference_energy=reference.energy,
        created_at=datetime.now(UTC),
        software=versions(settings.backend),
    )


def _timed(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[T, float]:
    start = time.perf_counter()
    result = function(*args, **kwargs)
    return result, time.perf_counter() - start


def _numbered(progress: Progress) -> Callable[[Iteration], None]:
    count = 0

    def tell(iteration: Iteration) -> None:
        nonlocal count
        count += 1
        progress.iteration(count, iteration.energy)

    return tell


def _terms(hamiltonian: QubitHamiltonian) -> list[HamiltonianTerm]:
    return [
        HamiltonianTerm(label=label, coefficients=ComplexNumber(real=coefficient, imaginary=0.0))
        for label, coefficient in zip(hamiltonian.labels, hamiltonian.coefficients.tolist(), strict=True)
    ]


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
