"""From a problem to its optimised state: the ansatz that the settings name, on the backend that they name."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.ansatz.adapt import run_adapt
from quantum_simulator.ansatz.catalogue import ADAPT, circuit_of
from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.ansatz.hardware_efficient import HARDWARE_EFFICIENT
from quantum_simulator.backends import Backend, create_backend
from quantum_simulator.choices import backend_options, optimizer
from quantum_simulator.circuit.circuit import Circuit
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.optimisation.initial_point import initial_point
from quantum_simulator.optimisation.neighbour import Neighbour
from quantum_simulator.optimisation.vqe import VQEOutcome, run_vqe
from quantum_simulator.preparation import prepare_ansatz
from quantum_simulator.progress import Tell
from quantum_simulator.qubits.encoding import Encoding
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian
from quantum_simulator.sector.engine import load_engine
from quantum_simulator.settings import SimulatorSettings


@dataclass(frozen=True)
class Optimised:
    """A VQE from its start to its end."""

    circuit: Circuit
    init_strategy: str
    initial_parameters: NDArray[np.float64]  # shape (num_parameters,), radians
    backend: str  # the name that results carry
    outcome: VQEOutcome


def optimise(
    problem: ElectronicProblem,
    mapper: Encoding,
    hamiltonian: QubitHamiltonian,
    settings: SimulatorSettings,
    tell: Tell,
    neighbour: Neighbour | None,
) -> Optimised:
    """Find the lowest energy of the ansatz; `tell` hears of stages and of every iteration.

    Raises:
        UsageError: the ansatz has no such circuit under the mapper, the machine or the account
            cannot do what the backend is asked for.
        QuantumPipelineError: the backend fails.
    """
    if settings.backend == "exact" and settings.ansatz not in HARDWARE_EFFICIENT:
        load_engine(tell=tell.note)
    if settings.ansatz == ADAPT:
        return _grow(problem, mapper, settings, tell)
    ansatz, circuit = prepare_ansatz(settings.ansatz, problem, mapper, settings.ansatz_reps)
    tell.stage(f"preparing backend {settings.backend} for {circuit.num_parameters} parameters")
    backend = create_backend(settings.backend, backend_options(settings), problem, hamiltonian, ansatz, circuit)
    strategy: str = settings.init_strategy or ("mp2" if isinstance(ansatz, ExcitationAnsatz) else "random")
    own = initial_point(strategy, problem, ansatz, settings.seed)
    if neighbour is not None:
        strategy, own = _better(backend, strategy, own, neighbour, tell)
    tell.stage(f"VQE by {settings.optimizer}")
    outcome = run_vqe(backend, own, optimizer(settings), tell.iteration)
    return Optimised(circuit, strategy, own, backend.name, outcome)


def _grow(problem: ElectronicProblem, mapper: Encoding, settings: SimulatorSettings, tell: Tell) -> Optimised:
    tell.stage(f"ADAPT-VQE by {settings.optimizer}")
    ansatz, outcome = run_adapt(
        problem,
        settings.adapt_pool,
        optimizer(settings),
        settings.adapt_gradient,
        settings.adapt_factors,
        tell.iteration,
    )
    start = np.zeros(ansatz.num_parameters)
    return Optimised(circuit_of(ansatz, mapper), "hf", start, "exact_sector", outcome)


def _better(
    backend: Backend, strategy: str, own: NDArray[np.float64], neighbour: Neighbour, tell: Tell
) -> tuple[str, NDArray[np.float64]]:
    """The neighbour's parameters, or our own start where its energy is lower: far away, the neighbour's mean little."""
    if neighbour.parameters.shape != own.shape:  # sa-uccsd of a geometry with another symmetry
        tell.note(
            f"{neighbour.told_as} has {neighbour.parameters.size} parameters, not {own.size}: start by {strategy}"
        )
        return strategy, own
    if backend.energy(own).energy < backend.energy(neighbour.parameters).energy:
        return strategy, own
    return neighbour.told_as, neighbour.parameters
