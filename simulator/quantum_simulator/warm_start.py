"""A previous result of the lake, to start from."""

from collections.abc import Iterator
from pathlib import Path

from quantum_contracts.container import UnreadableFileError, read_container
from quantum_contracts.errors import UsageError
from quantum_contracts.landing import LandingFile
from quantum_contracts.v2 import MoleculeInfo, VQEDecoratedResult

LATEST = "latest"


def previous_result(
    experiments: Path, wanted: str, molecule: MoleculeInfo, basis: str, ansatz_name: str, num_parameters: int
) -> VQEDecoratedResult:
    """The result under the landing root `experiments` whose run_id is `wanted`, or the newest that fits (`latest`).

    A result fits where its parameters mean the same: the same atoms (anywhere), charge, multiplicity and basis, the
    same ansatz and number of parameters.

    Raises:
        UsageError: there is none, or the one asked for does not fit.
    """
    described = f"{ansatz_name} of {num_parameters} parameters for {''.join(molecule.symbols)} in {basis}"
    for result in _newest_first(experiments, wanted):
        if _fits(result, molecule, basis, ansatz_name, num_parameters):
            return result
        if result.run_id == wanted:
            data = result.vqe_result.initial_data
            raise UsageError(
                f"run {wanted} cannot start this one: it is {data.ansatz_name} of {data.num_parameters} parameters for "
                f"{''.join(result.molecule.symbols)} in {result.basis_set}, this is {described}"
            )
    if wanted == LATEST:
        raise UsageError(f"--warm-start {LATEST}: {experiments} holds no result of {described}")
    raise UsageError(f"--warm-start {wanted}: {experiments} holds no run of that id")


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
        for experiment in reversed(found):
            if wanted in (LATEST, experiment.result.run_id):
                yield experiment.result


def _fits(
    result: VQEDecoratedResult, molecule: MoleculeInfo, basis: str, ansatz_name: str, num_parameters: int
) -> bool:
    theirs, data = result.molecule, result.vqe_result.initial_data
    return (theirs.symbols, theirs.charge, theirs.multiplicity, result.basis_set) == (
        molecule.symbols,
        molecule.charge,
        molecule.multiplicity,
        basis,
    ) and (data.ansatz_name, data.num_parameters) == (ansatz_name, num_parameters)
