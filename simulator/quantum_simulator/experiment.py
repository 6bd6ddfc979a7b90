"""The recipe: one molecule, from its geometry to the decorated result of its VQE."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar
from uuid import uuid4

import numpy as np

from quantum_contracts.lake import Lake
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_simulator.choices import active_space
from quantum_simulator.decoration import Times, decorate
from quantum_simulator.electronic.orbitals import Orbitals
from quantum_simulator.molecules.molecule import Molecule
from quantum_simulator.monitoring.monitor import Resources, monitor
from quantum_simulator.optimisation.neighbour import Neighbour
from quantum_simulator.optimisation.optimise import optimise
from quantum_simulator.optimisation.warm_start import warm_start
from quantum_simulator.preflight import check_molecule
from quantum_simulator.preparation import prepare_hamiltonian, prepare_problem, prepare_reference
from quantum_simulator.progress import Progress, Tell
from quantum_simulator.request import check_request
from quantum_simulator.settings import SimulatorSettings

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Experiment:
    """A result, and what is known beside it."""

    result: VQEDecoratedResult
    orbitals: Orbitals | None  # what the result's parameters mean: a neighbouring geometry starts from both
    resources: Resources | None  # what it took; None where it was computed by another process


def compute(
    molecule: Molecule,
    settings: SimulatorSettings,
    progress: Progress | None = None,
    run_id: str | None = None,
    neighbour: Experiment | None = None,
) -> Experiment:
    """Run the VQE of `molecule` as `settings` say, and tell `progress` on the way.

    Energies are total energies in hartree, times are in seconds. `hamiltonian_time` is Hartree-Fock and the integrals,
    `mapping_time` the qubit operator, `vqe_time` everything from the ansatz to the end of the optimisation, of which
    `minimization_time` is the optimiser's; `total_time` is everything, reference energy included. What was prepared
    for an experiment on the same geometry before takes no time again.

    Without a `run_id` the run gets a new one. With a `neighbour`, an experiment on another geometry of the same
    molecule, the optimisation starts from its parameters, or from the start that the settings name where that is lower.

    Raises:
        UsageError: the settings do not go together, the molecule is too large for the memory, its geometry, basis or
            active space cannot be, there is no result to start from.
        QuantumPipelineError: Hartree-Fock does not converge, a backend fails.
    """
    tell = Tell(progress or Progress(), molecule.name)
    begin = time.perf_counter()
    with monitor() as monitored:
        check_request(settings)
        name = check_molecule(molecule, settings)
        start = _start(molecule, settings, name, neighbour)
        tell.stage(f"Hartree-Fock in {settings.basis}")
        problem, hamiltonian_time = _timed(
            prepare_problem,
            molecule.info,
            settings.basis,
            active_space(settings),
            start.orbitals if start else None,
        )
        tell.stage(f"mapping by {settings.mapper}")
        (mapper, hamiltonian), mapping_time = _timed(prepare_hamiltonian, problem, settings.mapper)
        optimised, vqe_time = _timed(optimise, problem, mapper, hamiltonian, settings, tell, start)
        if not optimised.outcome.success:
            tell.note(f"the optimiser stopped early: {optimised.outcome.message}")
        tell.stage("reference energy")
        reference = prepare_reference(problem)
        if reference.reason is not None:
            tell.note(f"no reference energy: {reference.reason}")
        times = Times(hamiltonian_time, mapping_time, vqe_time, time.perf_counter() - begin)
        result = decorate(
            run_id or str(uuid4()),
            molecule,
            settings,
            problem,
            hamiltonian,
            name,
            optimised,
            reference.energy,
            times,
        )
        return Experiment(result, problem.orbitals, monitored.resources())


def _start(
    molecule: Molecule, settings: SimulatorSettings, name: str, neighbour: Experiment | None
) -> Neighbour | None:
    """What the optimisation starts from beside its own strategy: the neighbour, or the result that settings name."""
    if neighbour is not None:
        parameters = np.array(neighbour.result.vqe_result.optimal_parameters)
        return Neighbour(parameters, neighbour.orbitals, f"run {neighbour.result.run_id}")
    if settings.warm_start is not None:
        return warm_start(Lake(settings.lake).experiments, settings.warm_start, molecule.info, settings, name)
    return None


def _timed(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[T, float]:
    start = time.perf_counter()
    result = function(*args, **kwargs)
    return result, time.perf_counter() - start
