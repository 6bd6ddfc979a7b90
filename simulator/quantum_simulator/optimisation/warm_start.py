"""A previous result of the lake, to start from."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from quantum_contracts.container import UnreadableFileError, read_container
from quantum_contracts.errors import UsageError
from quantum_contracts.landing import LandingFile
from quantum_contracts.v2 import MoleculeInfo, VQEDecoratedResult
from quantum_simulator.choices import active_space
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.optimisation.neighbour import Neighbour
from quantum_simulator.settings import SimulatorSettings

LATEST = "latest"


def warm_start(
    experiments: Path, wanted: str, molecule: MoleculeInfo, settings: SimulatorSettings, ansatz_name: str
) -> Neighbour:
    """The result under the landing root `experiments` whose run_id is `wanted`, or the newest that fits (`latest`).

    A result fits where its parameters mean the same: the same atoms (anywhere), charge, multiplicity and basis, the
    same ansatz as often. Its orbitals are computed again.

    Raises:
        UsageError: there is none, or the one asked for does not fit.
    """
    result = previous_result(experiments, wanted, molecule, settings, ansatz_name)
    problem = electronic_problem(result.molecule, result.basis_set, active_space(settings))
    return Neighbour(np.array(result.vqe_result.optimal_parameters), problem.orbitals, f"run {result.run_id}")


def previous_result(
    experiments: Path, wanted: str, molecule: MoleculeInfo, settings: SimulatorSettings, ansatz_name: str
) -> VQEDecoratedResult:
    """The result that `warm_start` starts from, and with the same refusals."""
    asked_for = _described(ansatz_name, settings.ansatz_reps, molecule, settings.basis)
    for result in _newest_first(experiments, wanted):
        data = result.vqe_result.initial_data
        found = _described(data.ansatz_name, data.ansatz_reps, result.molecule, result.basis_set)
        if found == asked_for:
            return result
        if result.run_id == wanted:
            raise UsageError(f"--warm-start {wanted}: that run is {found}, this one is {asked_for}")
    if wanted == LATEST:
        raise UsageError(f"--warm-start {LATEST}: {experiments} holds no result of {asked_for}")
    raise UsageError(f"--warm-start {wanted}: {experiments} holds no run of that id")


def _described(ansatz_name: str | None, reps: int, molecule: MoleculeInfo, basis: str) -> str:
    return (
        f"{reps} x {ansatz_name} of {''.join(molecule.symbols)}, charge {molecule.charge}, "
        f"multiplicity {molecule.multiplicity}, in {basis}"
    )


def _newest_first(experiments: Path, wanted: str) -> Iterator[VQEDecoratedResult]:
    """The results of all topics, newest file first; files that do not hold the id `wanted` are not decoded."""
    files = [path for path in experiments.glob("*/partition=*/*.avro") if LandingFile.parse(path.name)]
    for path in sorted(files, key=lambda path: path.stat().st_mtime_ns, reverse=True):
        if wanted != LATEST and wanted.encode() not in path.read_bytes():
            continue
        try:
            with path.open("rb") as file:
                found = read_container(file)
        except UnreadableFileError:
            continue  # `features` puts it into quarantine and tells why
        yield from (one.result for one in reversed(found) if wanted in (LATEST, one.result.run_id))
